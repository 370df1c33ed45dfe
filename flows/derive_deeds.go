package flows

import (
	"math"
	"slices"
	"time"
)

// answersOfVisit is from how many answers on one day a talk counts as an effective interaction. Source: the definitions of the trade.
const answersOfVisit = 3

// deedFacts are counts of what a doctor did that several rules read.
type deedFacts struct {
	effective time.Time // last effective interaction
	frequency int       // effective interactions within DigestDays
}

// deedsOf finds the effective interactions: a talk finished or with three answers, a question asked, content read, a video seen, a meeting attended.
func deedsOf(did []Did, now time.Time) deedFacts {
	var f deedFacts
	replies := map[int]int{}
	today := dayNumber(now)
	note := func(at time.Time, day int) {
		if at.After(f.effective) {
			f.effective = at
		}
		if day >= today-DigestDays && day <= today {
			f.frequency++
		}
	}
	for i := range did {
		day := dayNumber(did[i].At.In(now.Location()))
		switch did[i].Kind {
		case didRead, didWatch, didFinish, didAttend, didAsk:
			note(did[i].At, day)
		case didReply:
			if replies[day]++; replies[day] == answersOfVisit {
				note(did[i].At, day)
			}
		}
	}
	return f
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
