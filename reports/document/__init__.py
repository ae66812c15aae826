"""The official document: one content model (blocks), one page after GB/T 9704-2012, no Django models.

``blocks`` is what a document consists of, ``preview`` shows it in the browser, ``pdf`` makes the file, ``glyphs``
tells which characters no face has, ``bounded`` runs the rendering with limits. Nothing here computes a figure.
"""
