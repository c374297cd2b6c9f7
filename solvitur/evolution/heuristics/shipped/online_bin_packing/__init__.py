"""Packing items that arrive one by one."""
