"""One file per family of builders: each asks the pure side for Steps and adds them to the graph."""
