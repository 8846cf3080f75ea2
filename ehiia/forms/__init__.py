"""Forms: WTForms fields in the NHS design, and the builder from questions to fields."""
