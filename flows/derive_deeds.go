package flows

import (
	"math"
	"slices"
	"time"
)

// answersOfVisit is from how many answers on one day a talk counts as an effective interaction. Source: the definitions of the trade.
const answersOfVisit = 3

// Least amounts of an effective interaction: seconds read, percent of a video, minutes of a meeting. What has no amount (a visit, a rep's report) counts.
// Source: the definitions of the trade.
var leastAmount = map[string]int{didRead: 50, didWatch: 60, didAttend: 10}

// deedFacts are counts of what a doctor did that several rules read.
type deedFacts struct {
	effective time.Time // last effective interaction
	frequency int       // effective interactions within DigestDays
}

// deedsOf finds when the last effective interaction was and how many there were of late.
func deedsOf(did []Did, now time.Time) deedFacts {
	var f deedFacts
	today := dayNumber(now)
	for _, i := range Effective(did, now.Location()) {
		at := did[i].At
		if at.After(now) { // the clock was ahead when it was done
			continue
		}
		if at.After(f.effective) {
			f.effective = at
		}
		if day := dayNumber(at.In(now.Location())); day >= today-DigestDays && day <= today {
			f.frequency++
		}
	}
	return f
}

// Effective finds the effective interactions among what a doctor did, oldest first, and gives their places in the list: a talk finished or with three
// answers on a day, a question asked, and content read, a video seen or a meeting attended for long enough. Days begin in zone. Source: the definitions of
// the trade.
func Effective(did []Did, zone *time.Location) []int {
	var out []int
	replies := map[int]int{}
	for i := range did {
		switch did[i].Kind {
		case didRead, didWatch, didFinish, didAttend, didAsk:
			if n := did[i].Amount; n == 0 || n >= leastAmount[did[i].Kind] {
				out = append(out, i)
			}
		case didReply:
			day := dayNumber(did[i].At.In(zone))
			if replies[day]++; replies[day] == answersOfVisit {
				out = append(out, i)
			}
		}
	}
	return out
}

// beta is the mean of a rate of which little may be known: half before anything is.
func beta(yes, all int) float64 { return float64(min(yes, all)+1) / float64(all+2) }

// affinity grades how well the doctor is reached online. Nothing done and nothing sent leaves it unknown.
func (x *deriver) affinity() {
	a, g := &x.rules.affinity, x.v.digest
	today := dayNumber(x.now)
	n := func(kind string) int { return g.since(kind, today, a.window) }
	if !slices.ContainsFunc(didKinds, func(kind string) bool { return n(kind) > 0 }) {
		return
	}
	contacts, answered := x.contacts(a.window)
	if contacts > 0 {
		x.found.Response = int(math.Round(100 * float64(answered) / float64(contacts)))
	}
	speed, timed := x.speed(a)
	parts := []struct {
		name    string
		weight  int
		value   float64
		yes, of int
	}{
		{"open", a.open, beta(n(didOpen), n(didSent)), n(didOpen), n(didSent)},
		{"reply", a.reply, beta(answered, contacts), answered, contacts},
		{"speed", a.speed, speed, timed, timed},
		{"attend", a.attend, beta(n(didAttend), n(didAttend)+n(didMiss)), n(didAttend), n(didAttend) + n(didMiss)},
	}
	total := 0.0
	for _, p := range parts {
		total += float64(p.weight) * p.value
	}
	percent := int(math.Floor(total + 1e-9))
	for grade := len(a.from) - 1; grade >= 0; grade-- {
		if percent >= a.from[grade] {
			x.found.Affinity = grade
			break
		}
	}
	for _, p := range parts {
		x.because("affinity", itoa(x.found.Affinity), x.lib.Word("affinity_part", p.name),
			itoa(int(math.Round(100*p.value)))+"% \u00d7 "+itoa(p.weight)+"%, "+itoa(p.yes)+"/"+itoa(p.of), "")
	}
}

// contacts counts the days on which the doctor was addressed or wrote, and those on which the doctor answered.
func (x *deriver) contacts(window int) (all, answered int) {
	today := dayNumber(x.now)
	days := map[int]bool{}
	for _, kind := range []string{didSent, didReply, didAsk} {
		for day := range x.v.digest[kind] {
			if day >= today-window && day <= today {
				days[day] = days[day] || kind != didSent
			}
		}
	}
	for _, yes := range days {
		if yes {
			answered++
		}
	}
	return len(days), answered
}

// speed is 1 for content opened within the fast time and 0 from the slow time on, along the logarithm between; of several the median. timed counts them.
func (x *deriver) speed(a *affinityRules) (value float64, timed int) {
	sent := map[string]time.Time{}
	var waits []float64
	from := startOfDay(x.now, -a.window)
	for i := range x.d.Did {
		d := &x.d.Did[i]
		if d.At.Before(from) || d.Object == "" {
			continue
		}
		switch at, ok := sent[d.Object]; {
		case d.Kind == didSent:
			sent[d.Object] = d.At
		case d.Kind == didOpen && ok:
			waits = append(waits, d.At.Sub(at).Seconds())
			delete(sent, d.Object)
		}
	}
	if len(waits) == 0 {
		return 0, 0
	}
	slices.Sort(waits)
	median := waits[len(waits)/2]
	fast, slow := a.fast.Seconds(), a.slow.Seconds()
	switch {
	case median <= fast:
		return 1, len(waits)
	case median >= slow:
		return 0, len(waits)
	}
	return 1 - math.Log(median/fast)/math.Log(slow/fast), len(waits)
}

// topics weighs what the doctor cares about: what was said counts most, what was opened, read or asked for adds to it and fades.
func (x *deriver) topics() map[string]float64 {
	return Interest(x.d.Profile["topics"].Value.Items(), x.d.Did, x.now)
}

// channels ranks the ways to the doctor. What the doctor wished for comes first for as long as the rules say, then what works best.
func (x *deriver) channels() {
	rates := x.channelRates()
	names := slices.Clone(channelNames)
	slices.SortStableFunc(names, func(a, b string) int {
		return cmpFloat(rates[b], rates[a])
	})
	for _, w := range x.rules.channels.wishes {
		k := x.d.Profile[w.field]
		fresh := k.At.IsZero() || dayNumber(x.now)-dayNumber(k.At.In(x.now.Location())) <= x.rules.channels.holds
		if !fresh || !k.Value.Has(w.value) {
			continue
		}
		names = append([]string{w.channel}, others(names, w.channel)...)
		x.because("channel", w.channel, "", x.v.tellField(w.field), k.Ref)
		break
	}
	for _, n := range names {
		x.because("channel", n, "", itoa(int(math.Round(100*rates[n])))+"%", "")
	}
	x.found.Channels = names
}

func (x *deriver) channelRates() map[string]float64 {
	window := x.rules.affinity.window
	today := dayNumber(x.now)
	n := func(kind string) int { return x.v.digest.since(kind, today, window) }
	contacts, answered := x.contacts(window)
	met := map[string][2]int{}
	for _, v := range x.d.Visits {
		m := met[v.Channel]
		if m[1]++; v.Met {
			m[0]++
		}
		met[v.Channel] = m
	}
	return map[string]float64{
		"chat": beta(answered, contacts), "article": beta(n(didOpen), n(didSent)), "meeting": beta(n(didAttend), n(didAttend)+n(didMiss)),
		"phone": beta(met["phone"][0], met["phone"][1]), "face": beta(met["face"][0], met["face"][1]),
	}
}

func cmpFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
