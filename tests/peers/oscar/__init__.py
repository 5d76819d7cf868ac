"""django-oscar, a shop without a feed of changes."""
