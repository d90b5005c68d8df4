"""Reading a note: sections, assertion, evidence, support, attributes. Pure and deterministic."""
