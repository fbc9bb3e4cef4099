"""The screens: Kivy lives here and nowhere else.

A screen draws one state of the visit and sends events; it decides nothing. There is one
module for each step of the visit, named as the step. Sizes are millimetres.
"""
