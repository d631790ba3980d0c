"""What the end-to-end tests stand on: real servers, real clients, a terminal, and the program under test."""
