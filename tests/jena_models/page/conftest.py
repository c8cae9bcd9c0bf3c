"""Lets tests of this folder import what they share."""
