package flows

import "cmp"

// end: finish with a word: done, stop or the author's own.
func kindEnd() *stepKind {
	return &stepKind{
		name: "end", key: "end",
		bind: func(b *binder, o *object, s *Step) {
			word := o.word("end")
			if word == "human" || word == "expired" {
				b.add(o.keys["end"], "end_word", "word", word)
			}
			s.Body = &EndStep{Word: word}
		},
		run: func(_ *turn, _ *Frame, s *Step) verdict { return verdict{end: cmp.Or(s.Body.(*EndStep).Word, "done")} },
	}
}

// EndStep is the body of an end step; the word is done, stop or the author's own.
type EndStep struct{ Word string }
