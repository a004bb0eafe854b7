"""The mechanism model: it illustrates and plans; it is never evidence about patients."""
