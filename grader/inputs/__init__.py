"""Seeded inputs by name. `build` makes recipes of plain data; `realise` turns them into tensors in the child."""
