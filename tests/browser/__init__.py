"""Tests that need a browser; as a package, so that its conftest has a name of its own."""
