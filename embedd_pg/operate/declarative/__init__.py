"""What an installation should look like, written in a file: reading it, planning the way there, going it."""
