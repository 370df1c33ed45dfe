package flows

import (
	"math"
	"slices"
	"strings"
	"time"
)

// Wish is what a doctor may get and would like.
type Wish struct {
	Kinds    []string             // kinds that the doctor said to like, best first
	Topics   []string             // that the doctor asked for or named
	Interest map[string]float64   // weight of each topic by what was said and done, see Interest; nil = Topics, all alike
	Received map[string]Reception // what became of earlier items, by kind
	Stages   map[string]string    // where the doctor stands with each product, A0 … A6; "" = with the leading one
	Level    int
	Sent     map[string]bool
	Now      time.Time
	Only     bool   // only the liked kinds will do
	Plain    bool   // nothing personal counts: the newest item
	Seed     string // draws now and then something else than the best, the same for the same seed; "" = never
}

// Picked is an item with why it was chosen.
type Picked struct {
	Content
	Code   string // kind, topic, kind+topic, next, explore
	Points int    // sum of the parts
	Parts  []MatchPart
}

// MatchPart is one part of the points of an item; what adds nothing is no part.
type MatchPart struct {
	Name   string // topics, kind, stage, fresh, ignored
	Points int
	Detail string // codes: topics that fit, opened/sent, stage of the item after that of the doctor, day, number in a row
}

// Why is the reason as it is stored: the code, and a line for each part.
func (p *Picked) Why() string {
	var b strings.Builder
	b.WriteString(p.Code)
	for _, x := range p.Parts {
		b.WriteString("\n" + x.Name + " " + itoa(x.Points) + " " + x.Detail)
	}
	return b.String()
}

// ReadWhy reads what Why has written; a text of something else is a code without parts.
func ReadWhy(text string) (code string, parts []MatchPart) {
	lines := strings.Split(text, "\n")
	for _, line := range lines[1:] {
		f := strings.SplitN(line, " ", 3)
		points, err := parseWhole(f)
		if err != nil {
			return text, nil
		}
		parts = append(parts, MatchPart{Name: f[0], Points: points, Detail: f[2]})
	}
	return lines[0], parts
}

// Pick chooses the item that fits best among those that are approved, not expired, meant for the level and not given before. A kind that the doctor said to
// like goes before every other; the order of the catalogue decides between equals, so the same wish always gives the same item.
func Pick(contents []Content, rules MatchRules, w Wish) (Picked, bool) {
	var fits []Content
	liked := false
	for i := range contents {
		item := &contents[i]
		if !w.Sent[item.ID] && item.Allowed(w.Level, w.Now) {
			fits = append(fits, *item)
			liked = liked || contains(w.Kinds, item.Kind)
		}
	}
	if w.Only || liked && !w.Plain {
		fits = slices.DeleteFunc(fits, func(c Content) bool { return !contains(w.Kinds, c.Kind) })
	}
	if len(fits) == 0 {
		return Picked{}, false
	}
	best := Picked{Points: math.MinInt}
	m := fitting{rules, w, interest(w)}
	for _, c := range fits {
		if p := m.rate(c); p.Points > best.Points {
			best = p
		}
	}
	if roll := drawn(0, w.Seed); w.Seed != "" && !w.Plain && roll%100 < uint64(rules.Explore) {
		other := m.rate(fits[roll/100%uint64(len(fits))])
		if other.ID != best.ID {
			other.Code = "explore"
			return other, true
		}
	}
	return best, true
}

func interest(w Wish) map[string]float64 {
	if w.Interest != nil {
		return w.Interest
	}
	return Interest(w.Topics, nil, w.Now)
}

// fitting rates items for one wish.
type fitting struct {
	rules    MatchRules
	w        Wish
	interest map[string]float64
}

func (m *fitting) rate(c Content) Picked {
	p := Picked{Content: c, Code: "next"}
	add := func(name string, points float64, detail string) {
		n := int(math.Round(points))
		if n == 0 {
			return
		}
		p.Parts = append(p.Parts, MatchPart{name, n, detail})
		p.Points += n
	}
	if m.w.Plain {
		add("fresh", 100*m.fresh(c), c.day())
		return p
	}
	topics, which := m.topics(c)
	kind, kindWhy, wanted := m.kind(c)
	add("topics", float64(m.rules.Topics)*topics, strings.Join(which, ","))
	add("kind", float64(m.rules.Kind)*kind, kindWhy)
	stage, stageWhy := m.stage(c)
	add("stage", float64(m.rules.Stage)*stage, stageWhy)
	add("fresh", float64(m.rules.Fresh)*m.fresh(c), c.day())
	if n := m.w.Received[c.Kind].Ignored; n > 0 {
		add("ignored", -float64(m.rules.Ignored*min(n, m.rules.Tired)), itoa(n))
	}
	switch {
	case wanted && len(which) > 0:
		p.Code = "kind+topic"
	case wanted:
		p.Code = "kind"
	case len(which) > 0:
		p.Code = "topic"
	}
	return p
}

// topics is the cosine between what the doctor cares about and what the item is about.
func (m *fitting) topics(c Content) (cosine float64, which []string) {
	dot, square := 0.0, 0.0
	for _, topic := range sortedKeys(m.interest) { // in one order: the sum must not differ in its last digit
		square += m.interest[topic] * m.interest[topic]
	}
	for _, topic := range c.Topics {
		if w := m.interest[topic]; w > 0 {
			dot += w
			which = append(which, topic)
		}
	}
	if dot == 0 {
		return 0, nil
	}
	return dot / math.Sqrt(square*float64(len(c.Topics))), which
}

// kind is how much the doctor likes the kind of the item: by the doctor's word when there is one, else by what became of such items before.
func (m *fitting) kind(c Content) (value float64, detail string, wanted bool) {
	if i := slices.Index(m.w.Kinds, c.Kind); i >= 0 {
		return 1 - 0.1*float64(min(i, 5)), c.Kind, true
	}
	if len(m.w.Kinds) > 0 {
		return 0, c.Kind, false
	}
	r := m.w.Received[c.Kind]
	return beta(r.Opened, r.Sent), itoa(r.Opened) + "/" + itoa(r.Sent), r.Sent > 0 && 2*r.Opened > r.Sent
}

// stage is how well the item fits where the doctor stands: best one step ahead. What is not known neither helps nor harms.
func (m *fitting) stage(c Content) (value float64, detail string) {
	at, known := m.w.Stages[c.Product]
	if !known {
		at = m.w.Stages[""]
	}
	from, to := stageOf(at), stageOf(c.Stage)
	if from < 0 || to < 0 {
		return 0.5, ""
	}
	detail = at + ">" + c.Stage
	switch to - from {
	case 1:
		return 1, detail
	case 0, 2:
		return 0.5, detail
	}
	return 0, detail
}

// fresh halves with every half-life; an item without a day is not fresh.
func (m *fitting) fresh(c Content) float64 {
	if c.Date.IsZero() {
		return 0
	}
	age := max(0, m.w.Now.Sub(c.Date))
	return math.Pow(0.5, age.Hours()/m.rules.HalfLife.Hours())
}

func (c *Content) day() string {
	if c.Date.IsZero() {
		return ""
	}
	return c.Date.Format(time.DateOnly)
}
