"""How systems know us: one file a method, for every connector that needs it."""
