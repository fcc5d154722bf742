"""The organisation from a table of its people: read, checked as a whole, compared with what is here, and recorded as one act."""
