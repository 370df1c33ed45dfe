package flows

import (
	"time"
	"unicode/utf8"
)

// Limits of one talk before doctors break it off, and what a question costs them: a figure for planning, not a measurement.
const (
	mostQuestions = 25
	mostTime      = 8 * time.Minute
	readSpeed     = 8 // characters a second, read on a phone
	tapTime       = 4 * time.Second
	typeTime      = 12 * time.Second
	writeTime     = 25 * time.Second
)

// load is what a way through a flow costs a doctor.
type load struct {
	questions int
	time      time.Duration
}

func (l load) plus(o load) load { return load{l.questions + o.questions, l.time + o.time} }

// more is the greater of each.
func (l load) more(o load) load { return load{max(l.questions, o.questions), max(l.time, o.time)} }

// less is the smaller of each.
func (l load) less(o load) load { return load{min(l.questions, o.questions), min(l.time, o.time)} }

// checkSize: talks that take too long on their longest way. Ways which one doctor cannot all go, because conditions compare one name with
// different values, are not added up.
func checkSize(c *checker) {
	done := map[*Flow]load{}
	for _, f := range c.lib.order { // called flows before their callers
		worst := f.longest(done, "", "")
		for name, values := range f.compared() {
			var most load
			for _, value := range append(values, "") {
				most = most.more(f.longest(done, name, value))
			}
			worst = worst.less(most)
		}
		done[f] = worst
		if worst.questions > mostQuestions || worst.time > mostTime {
			c.add(place{f.place.file, f.place.line, f.place.column, 1}, "long_talk", "n", itoa(worst.questions), "minutes", itoa(int(worst.time.Minutes()+0.5)))
		}
	}
}

// compared lists the values that conditions of the form "name == value" hold against a name.
func (f *Flow) compared() map[string][]string {
	out := map[string][]string{}
	for _, s := range f.Steps {
		if name, value, ok := s.fixedBy(); ok && !contains(out[name], value) {
			out[name] = append(out[name], value)
		}
	}
	return out
}

// longest is the dearest way from the first step to an end; jumps back are not taken. With a name only the steps for one of its values count.
func (f *Flow) longest(done map[*Flow]load, name, value string) load {
	best := make([]load, len(f.Steps)+1)
	for i := len(f.Steps) - 1; i >= 0; i-- {
		s := f.Steps[i]
		var ways load
		for _, to := range f.edges(i) {
			if to > i {
				ways = ways.more(best[to])
			}
		}
		if is, v, ok := s.fixedBy(); ok && name != "" && is == name && v != value {
			best[i] = best[i+1]
			continue
		}
		best[i] = f.costs(s, done).plus(ways)
		if s.When != nil {
			best[i] = best[i].more(best[i+1])
		}
	}
	return best[0]
}

// costs is what one step costs.
func (f *Flow) costs(s *Step, done map[*Flow]load) load {
	switch body := s.Body.(type) {
	case *SayStep:
		most := 0
		for _, x := range body.Texts {
			most = max(most, utf8.RuneCountInString(x.src))
		}
		return load{0, time.Duration(most) * time.Second / readSpeed}
	case *CallStep:
		return done[f.lib.flows[body.Flow]]
	case *BlockStep:
		round, n := body.Inner.longest(done, "", ""), time.Duration(body.usualRounds(f))
		return load{round.questions * int(n), round.time * n}
	case *Question:
		return load{1, body.costs()}
	}
	return load{}
}

// usualRounds is how often a doctor goes through a block: as often as is written, else twice.
func (b *BlockStep) usualRounds(outer *Flow) int {
	const usual = 2
	switch {
	case !b.Loops():
		return 1
	case b.Times != nil:
		if n, err := parseFloat(b.Times.src); err == nil && n != nil {
			return min(int(*n), b.Max)
		}
	case b.ForEach != nil:
		if s := b.source(outer); s != nil {
			if q := s.Body.(*Question); q.PickHigh > 0 {
				return min(q.PickHigh, b.Max)
			}
		}
	}
	return min(usual, b.Max)
}

func (q *Question) costs() time.Duration {
	read := 0
	if q.Ask != nil {
		read = utf8.RuneCountInString(q.Ask.src)
	}
	if q.Type != "lookup" {
		for i := range q.Choices {
			read += utf8.RuneCountInString(q.Choices[i].Label)
		}
	}
	answer := typeTime
	switch {
	case q.Type == "text" && q.Pattern == nil && (q.High == nil || *q.High > 40):
		answer = writeTime
	case len(q.Choices) > 0 && q.Type != "lookup", q.Type == "yesno", q.Type == "consent", q.Type == "scale":
		answer = tapTime
	}
	return answer + time.Duration(read)*time.Second/readSpeed
}
