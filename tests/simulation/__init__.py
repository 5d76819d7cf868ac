"""The whole spine in one thread under a seed, and a checker that knows from outside what must have happened.

README.md says what it is good for and in which order to read it. Imports the hub; nothing of the hub imports it.
"""
