package flows

import (
	"errors"
	"math"
	"strconv"
	"time"

	"go.yaml.in/yaml/v4"
)

// MatchRules weigh how content is chosen for a doctor (match in _config.yaml): points of a hundred. Source of what is given: the content match of the trade.
type MatchRules struct {
	Topics   int // cosine between the doctor's interest and the item's topics
	Kind     int // liked kind
	Stage    int // one step ahead of where the doctor stands
	Fresh    int // how new the item is
	Ignored  int // taken off for each item of the kind that was ignored in a row
	Tired    int // so many in a row, and the doctor's word for a kind counts no more
	Explore  int // percent of the choices that try something else
	HalfLife time.Duration
	Keep     time.Duration // so long the doctor's word for a kind goes before what is seen
}

// usualMatch holds where a folder says nothing else.
var usualMatch = MatchRules{Topics: 45, Kind: 25, Stage: 15, Fresh: 10, Ignored: 10, Tired: 3, Explore: 10, HalfLife: 180 * 24 * time.Hour, Keep: 180 * 24 * time.Hour}

// UsualMatch are the weights that hold where a folder says nothing else.
func UsualMatch() MatchRules { return usualMatch }

// Match are the weights of the folder.
func (lib *Library) Match() MatchRules { return lib.config.match }

func (c *Config) readMatch(b *binder, n *yaml.Node) {
	o := b.object(n, []string{"topics", "kind", "stage", "fresh", "ignored", "tired", "explore", "half_life", "keep"})
	u := usualMatch
	c.match = MatchRules{
		Topics: o.number("topics", 0, 100, u.Topics), Kind: o.number("kind", 0, 100, u.Kind), Stage: o.number("stage", 0, 100, u.Stage),
		Fresh: o.number("fresh", 0, 100, u.Fresh), Ignored: o.number("ignored", 0, 100, u.Ignored), Tired: o.number("tired", 1, 20, u.Tired),
		Explore: o.number("explore", 0, 100, u.Explore), HalfLife: max(o.duration("half_life", u.HalfLife), 24*time.Hour), Keep: o.duration("keep", u.Keep),
	}
}

// Reception is what became of the items of one kind.
type Reception struct {
	Sent    int
	Opened  int // of those
	Ignored int // in a row, the newest ones
}

// Receptions counts by kind what became of what a doctor was sent; did is oldest first. Items that the catalogue no longer has do not count.
func Receptions(contents []Content, did []Did) map[string]Reception {
	kinds := make(map[string]string, len(contents))
	for i := range contents {
		kinds[contents[i].ID] = contents[i].Kind
	}
	opened := map[string]bool{}
	out := map[string]Reception{}
	for i := range did {
		kind := kinds[did[i].Object]
		if kind == "" {
			continue
		}
		r := out[kind]
		switch did[i].Kind {
		case didSent:
			r.Sent++
		case didOpen, didRead, didWatch:
			r.Ignored = 0
			if !opened[did[i].Object] {
				opened[did[i].Object] = true
				r.Opened++
			}
		case didIgnore:
			r.Ignored++
		}
		out[kind] = r
	}
	return out
}

// deedWeight is how much a deed says about its topics.
var deedWeight = map[string]float64{didOpen: 1, didRead: 3, didWatch: 3, didAsk: 3, didAttend: 3, didRate: 2, didIgnore: -1}

// topicHalfLife is after how many days interest in a topic counts half.
const topicHalfLife = 30

// statedWeight is how much a topic that the doctor named counts.
const statedWeight = 3

// Interest is how much a doctor cares about each topic, by what was said and by deeds, which count half after a month; topics of no weight are absent.
func Interest(stated []string, did []Did, now time.Time) map[string]float64 {
	out := map[string]float64{}
	for _, topic := range stated {
		out[topic] += statedWeight
	}
	today := dayNumber(now)
	for i := range did {
		w := deedWeight[did[i].Kind]
		if w == 0 {
			continue
		}
		age := today - dayNumber(did[i].At.In(now.Location()))
		if age < 0 || age > DigestDays {
			continue
		}
		for _, topic := range did[i].Topics {
			out[topic] += w * math.Pow(0.5, float64(age)/topicHalfLife)
		}
	}
	for topic, w := range out {
		if w <= 0 {
			delete(out, topic)
		}
	}
	return out
}

var errPart = errors.New("flows: not a part of a reason")

// parseWhole reads the points of a part: name, points, detail.
func parseWhole(f []string) (int, error) {
	if len(f) != 3 {
		return 0, errPart
	}
	return strconv.Atoi(f[1])
}
