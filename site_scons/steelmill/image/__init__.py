"""What is made of the ELF: the loadable bytes, the formats that programmers take, how full the memory is."""
