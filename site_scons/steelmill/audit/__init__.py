"""Does it fit together: the ABI of what is linked, the layout across languages, the linked image."""
