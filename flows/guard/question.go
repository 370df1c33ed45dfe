package guard

import "slices"

// questions sorts what is asked about a medicine. One finding at most: the strictest class. found are the findings so far; what opens a case or asks for
// a benefit is no medical question.
func (t *reading) questions(found []Finding) []Finding {
	for _, f := range found {
		if f.OpensCase() || f.Kind == Benefit || f.Kind == Count {
			return nil
		}
	}
	var best mark
	class := Kind("")
	for i, m := range t.marks {
		if kind := t.question(i); kind != "" && slices.Index(strict, kind) > slices.Index(strict, class) {
			best, class = m, kind
		}
	}
	if class == "" {
		return nil
	}
	f := t.finding(class, best.from, best.to, "question")
	f.Urgent = t.inSentence(best.sent, urgent) && t.seen&(patient|specific) != 0
	return []Finding{f}
}

// strict are the classes of questions, the strictest last.
var strict = []Kind{"", Label, Compare, Advice, Beyond}

// question is the class of the question that a word shows, "" = none.
func (t *reading) question(i int) Kind {
	m := t.marks[i]
	about := t.ctx.Product || t.seen&(drug|own) != 0
	asked := t.asked(m.sent) || m.is&use != 0
	switch {
	case m.is&(other|rival) != 0 && t.inSentence(m.sent, compare) && (about || t.seen&use == 0):
		return Compare
	case !asked:
		return ""
	case m.is&(population|offDose) != 0 && (t.inSentence(m.sent, use|advice|topic|take) || m.is&offDose != 0 && (about || m.to-m.from > 3)):
		return Beyond
	case m.is&approved != 0 && about && t.inSentence(m.sent, modal|use|worry):
		return Label
	case m.is&elsewhere != 0 && m.is&approved == 0 && (t.inSentence(m.sent, use|advice|worry) || t.effect(m)) && t.seen&other == 0:
		return Beyond
	case m.is&use != 0 && about && t.seen&lab != 0 && t.seen&(specific|patient) != 0 && t.seen&(population|elsewhere|offDose) == 0:
		return Advice
	case m.is&advice != 0 && t.seen&(specific|patient) != 0 && (about || t.seen&(take|lab|approved|other|specific) != 0) && t.seen&(population|elsewhere|offDose) == 0:
		return Advice
	case m.is&(topic|use|dose|noun) != 0 && (about || m.is&noun != 0 || m.is&use != 0 && t.seen&(occurs|lab|take|patient|specific) != 0 || t.dosing(m)) && t.seen&(population|elsewhere|offDose|rival|compare|advice) == 0:
		return Label
	}
	return ""
}

// effect: a question whether the medicine works for something.
func (t *reading) effect(m mark) bool {
	return t.inSentence(m.sent, topic|noEffect) || t.inSentence(m.sent, take) && t.inSentence(m.sent, ask)
}

// dosing: a word that speaks of nothing but taking a medicine.
func (t *reading) dosing(m mark) bool {
	return m.is&dose != 0 || m.is&topic != 0 && m.is&occurs == 0 && m.to-m.from >= 3 && t.seen&(take|prescribe|ask) != 0
}
