"""Clashes as issues that other programs take: groups as BCF topics, replies back, the BCF API."""
