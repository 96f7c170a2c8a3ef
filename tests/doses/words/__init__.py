"""What a page says of an answer from vials, and the answer itself."""
