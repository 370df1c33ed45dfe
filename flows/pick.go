package flows

import (
	"slices"
	"time"
)

// Wish is what a doctor may get and would like.
type Wish struct {
	Kinds  []string // liked kinds, best first
	Topics []string
	Level  int
	Sent   map[string]bool
	Now    time.Time
	Only   bool // only the liked kinds will do
}

// Pick chooses the item that fits best among those that are approved, not expired, meant for the level and not given before. Kinds weigh more than
// topics, the order of the catalogue decides between equals, so the same wish always gives the same item. why names the reasons: kind, topic, next.
func Pick(contents []Content, w Wish) (c Content, why string, ok bool) {
	best := -1
	for i := range contents {
		item := &contents[i]
		if w.Sent[item.ID] || !item.Allowed(w.Level, w.Now) || (w.Only && !contains(w.Kinds, item.Kind)) {
			continue
		}
		points, reason := fit(item, w)
		if points > best {
			best, c, why, ok = points, *item, reason, true
		}
	}
	return c, why, ok
}

func fit(c *Content, w Wish) (points int, why string) {
	why = "next"
	for _, topic := range c.Topics {
		if slices.Contains(w.Topics, topic) {
			points += 2
			why = "topic"
		}
	}
	if i := slices.Index(w.Kinds, c.Kind); i >= 0 {
		points += max(12-2*i, 6)
		if why == "topic" {
			return points, "kind+topic"
		}
		why = "kind"
	}
	return points, why
}
