"""The words of letters to buyers, a module a language, and which of them a letter says."""
