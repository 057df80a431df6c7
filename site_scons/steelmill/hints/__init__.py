"""Known words of tools -> what they mean and what to do, shown under the words themselves.

A table per family of tools, a row per message: ``rustc``, ``target``, ``cargo``, ``cc``, ``undefined``, ``duplicate``,
``link``, ``script``, ``bindings``. ``table`` puts them together, ``explain`` applies them. Each row has its section in
docs/errors.md.
"""
