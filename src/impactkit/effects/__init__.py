"""Effects that one may defend: one treated territory, or few, among many that were not."""
