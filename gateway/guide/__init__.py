"""What may appear where: dictionaries and set structures, narrowed per partner, match and check."""
