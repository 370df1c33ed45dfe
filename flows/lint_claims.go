package flows

import "strings"

// checkClaims: texts in which the program passes for a person, and number questions which count what a doctor prescribes.
func checkClaims(c *checker) {
	w := theWording()
	c.voice(func(text string, at place) {
		for _, sentence := range w.Sentence.Split(w.ownWords(text), -1) {
			for _, f := range w.Claims.Forms {
				if m := f.FindString(sentence); m != "" && holdsAny(sentence, w.Claims.Unless) == "" {
					c.add(at.find(m), "claims_person", "words", m)
					break
				}
			}
		}
	})
	c.questions(func(_ *Flow, _ *Step, q *Question) {
		if q.Ask == nil || !contains(countTypes, q.Type) {
			return
		}
		if len(forbiddenGroups(q.Ask.src)) > 0 {
			return // filed as forbidden words
		}
		for _, f := range w.Counting {
			if m := f.FindString(q.Ask.src); m != "" {
				c.add(q.Ask.where(m), "counts_prescriptions", "words", m)
				return
			}
		}
	})
}

// countTypes are the questions whose answer is a quantity.
var countTypes = []string{"number", "scale", "percent"}

// forbiddenGroups are the groups of the house list that a text hits.
func forbiddenGroups(text string) []int {
	var out []int
	for i := range forbiddenWords().Groups {
		if len(forbiddenWords().Groups[i].within(text)) > 0 {
			out = append(out, i)
		}
	}
	return out
}

// voice calls do for every text that the program itself says; options are the doctor's words.
func (c *checker) voice(do func(text string, at place)) {
	each := func(x *Text) {
		if x != nil {
			do(x.src, x.at)
		}
	}
	for _, f := range c.lib.Flows() {
		f.Walk(func(_ *Flow, s *Step) {
			if s.said() {
				for _, x := range s.texts {
					each(x)
				}
			}
		})
		for _, r := range f.Remind {
			each(r.Say)
		}
	}
	for _, name := range sortedKeys(c.lib.config.texts) {
		each(c.lib.config.texts[name])
	}
	for _, name := range commandNames {
		if cmd := c.lib.config.commands[name]; cmd != nil {
			each(cmd.say)
		}
	}
	for _, ls := range c.lib.config.listen {
		each(ls.Say)
	}
}

// checkSafety: clinical questions where nothing listens for adverse events, and intakes of adverse events without a way to call back or a time limit.
func checkSafety(c *checker) {
	heard := false
	for _, ls := range c.lib.config.listen {
		heard = heard || ls.Do == "report" && ls.at.file != nil // the built-in one registers; what is asked then is for the house to say
	}
	for _, f := range c.lib.Flows() {
		if f.reports {
			c.intake(f)
		} else if !heard {
			c.unheard(f)
		}
	}
}

// unheard files the first clinical question, or the first text about a product.
func (c *checker) unheard(f *Flow) {
	filed := false
	words := append([]string{}, theWording().Clinical...)
	for i := range c.lib.config.Products {
		words = append(words, c.lib.config.Products[i].Name)
	}
	f.Walk(func(_ *Flow, s *Step) {
		q, ok := s.Body.(*Question)
		if filed || !ok || q.Ask == nil {
			return
		}
		if w := holdsAny(q.Ask.src, words); w != "" {
			filed = true
			key := "nobody_listens"
			if c.lib.files[configFile] == nil { // a draft beside no house yet
				key = "no_house"
			}
			c.add(q.Ask.where(w), key, "word", w)
		}
	})
}

// intake looks at a flow that reports adverse events.
func (c *checker) intake(f *Flow) {
	callback := false
	f.Walk(func(_ *Flow, s *Step) {
		if q, ok := s.Body.(*Question); ok && q.Ask != nil {
			callback = callback || q.Type == "phone" || q.Element == "callback" || holdsAny(q.Ask.src, theWording().Callback) != ""
		}
		for _, x := range s.texts {
			callback = callback || strings.Contains(x.src, "${account.pv_hotline") || strings.Contains(x.src, "${account.hotline")
		}
	})
	f.Walk(func(_ *Flow, s *Step) {
		body, ok := s.Body.(*ReportStep)
		if !ok {
			return
		}
		if !callback {
			c.add(s.at, "no_callback")
		}
		if body.Within == nil {
			c.add(s.at, "no_time_limit")
		}
	})
}

// checkPrivacy: personal data asked where nobody was asked for consent, and questions for who the patient is.
func checkPrivacy(c *checker) {
	w := theWording()
	c.questions(func(f *Flow, s *Step, q *Question) {
		if q.Ask == nil {
			return
		}
		for _, sentence := range w.Sentence.Split(q.Ask.src, -1) {
			if at := w.Identity.Asks.FindStringIndex(sentence); at != nil && holdsAny(sentence[:at[0]], w.Identity.Unless) == "" {
				c.add(q.Ask.where(sentence[at[0]:at[1]]), "asks_identity", "words", sentence[at[0]:at[1]])
			}
		}
	})
	agreed := map[*Flow]bool{}
	for i := len(c.lib.order) - 1; i >= 0; i-- { // callers first
		f := c.lib.order[i]
		agreed[f] = f.Urgent || f.reports || c.asksConsent(f) || (len(f.Start.On) == 0 && c.callersAgreed(f, agreed))
		if !agreed[f] {
			c.private(f)
		}
	}
}

// asksConsent reports a flow that asks for the basic consent itself, or starts only where consent was given.
func (c *checker) asksConsent(f *Flow) bool {
	if f.Start.When != nil && strings.Contains(f.Start.When.src, "consent.") {
		return true
	}
	asked := false
	f.Walk(func(_ *Flow, s *Step) {
		if q, ok := s.Body.(*Question); ok && q.Type == "consent" && q.Purpose == "base" {
			asked = true
		}
	})
	return asked
}

// callersAgreed reports whether every flow that calls this one has consent; a flow that nobody calls has none.
func (c *checker) callersAgreed(f *Flow, agreed map[*Flow]bool) bool {
	n := 0
	for _, g := range c.lib.order {
		calls := false
		g.Walk(func(_ *Flow, s *Step) {
			if body, ok := s.Body.(*CallStep); ok && body.Flow == f.ID {
				calls = true
			}
		})
		if !calls {
			continue
		}
		if n++; !agreed[g] {
			return false
		}
	}
	return n > 0
}

// private files the first question for personal data; behind another consent it is that consent's matter.
func (c *checker) private(f *Flow) {
	filed := false
	f.Walk(func(_ *Flow, s *Step) {
		q, ok := s.Body.(*Question)
		if filed || !ok {
			return
		}
		filed = q.Type == "consent"
		field := c.lib.profile[q.Save]
		if q.PII || q.Type == "phone" || (field != nil && field.PII) {
			filed = true
			c.add(s.at, "private_before_consent", "name", s.ID)
		}
	})
}
