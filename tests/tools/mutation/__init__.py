"""Whether the tests notice a change of the code: each is made, one at a time."""
