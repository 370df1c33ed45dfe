package flows

// checkMatch: options that cannot be told apart, and options that mean something else when typed.
func checkMatch(c *checker) {
	c.questions(func(f *Flow, s *Step, q *Question) {
		if q.reader == nil || q.Type == "lookup" {
			return
		}
		c.clashes(q, s)
		for i := range q.Choices {
			for _, word := range append([]string{q.Choices[i].Label}, q.Choices[i].Aka...) {
				if name, ok := c.lib.commandIn(f.root(), word); ok && q.Commands && !contains(f.root().off, name) && !q.picks(name) {
					c.add(c.choice(q, s, i).find(word), "shadow_choice", "word", word, "with", c.word("command_"+commandKind(name)))
				}
			}
		}
	})
}

func (c *checker) clashes(q *Question, s *Step) {
	for _, clash := range q.reader.Clashes() {
		switch {
		case clash.Kind == "key" && clash.A >= 0 && clash.B >= 0:
			c.add(c.choice(q, s, clash.B), "repeated_key", "key", clash.Word, "a", q.Choices[clash.A].Label, "b", q.Choices[clash.B].Label)
		case clash.Kind == "same" && clash.A != clash.B && clash.A >= 0 && clash.B >= 0:
			c.add(c.choice(q, s, clash.B), "same_choice", "a", q.Choices[clash.A].Label, "b", q.Choices[clash.B].Label, "word", clash.Word)
		case clash.Kind == "shadow" && clash.A >= 0 && clash.With == "number" && isNumber(clash.Word) && c.lib.reader.Normalise(q.Choices[clash.A].Label) == clash.Word:
			c.add(c.choice(q, s, clash.A), "numeric_label", "word", clash.Word)
		case clash.Kind == "shadow" && clash.A >= 0:
			c.add(c.choice(q, s, clash.A), "shadow_choice", "word", clash.Word, "with", c.word("shadow_"+clash.With))
		}
	}
}

// choice is where an option stands: in the flow, or in the list that the question prints.
func (c *checker) choice(q *Question, s *Step, i int) place {
	if i < 0 || i >= len(q.Choices) || q.Choices[i].at.file == nil {
		return s.at
	}
	return q.Choices[i].at
}

// word is a word of the message table.
func (c *checker) word(key string) string { return phrase(key) }

// picks reports a command that switches to a language where the question itself is about the language.
func (q *Question) picks(command string) bool {
	_, ok := switching(command)
	return ok && q.Save == languageField
}

// commandKind is a command without the language that it switches to.
func commandKind(name string) string {
	if _, ok := switching(name); ok {
		return languageField
	}
	return name
}
