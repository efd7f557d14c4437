"""Exports of accounting systems: lists of invoices, payments and credit memos read into the tables of a book."""
