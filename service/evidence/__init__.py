"""Reduces raw rows, however many, to daily evidence in one streamed pass."""
