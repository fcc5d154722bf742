"""Tables of people in files: separated values in the encodings that occur, and workbooks."""
