package flows

import "time"

// sourceRule is the source of tags that a rule has put on; only those does a rule take off again.
const sourceRule = "rule"

// Purposes of which one must be agreed to before tags are derived: to be remembered by preferences, and to be written to by them. The second counts until the
// doctor says no to the first.
const (
	purposePortrait = "portrait"
	purposePush     = "push"
)

// unclassed tells whether nothing may be derived about the doctor, who is in no class, no list and no segment then.
func (d *Dossier) unclassed() bool { return d.Withdrawn || d.PersonalOff }

// personal tells whether the doctor agrees to be remembered by preferences.
func (d *Dossier) personal() bool {
	_, portrait := d.Consents[purposePortrait]
	_, push := d.Consents[purposePush]
	return portrait || push && !d.PersonalOff
}

// tags finds the tags to be put on and taken off. A tag that the doctor has deleted goes, whoever put it on, and comes back only after its time. Without
// consent to be remembered by preferences nothing is put on: what is there stays frozen until it ends.
func (x *deriver) tags() {
	held := map[string]Tagged{}
	for _, t := range x.d.Tags {
		held[t.Tag] = t
	}
	known := map[string]bool{}
	for i := range x.rules.tags {
		r := &x.rules.tags[i]
		known[r.tag] = true
		t, has := held[r.tag]
		x.tag(r, t, has)
	}
	for _, t := range x.d.Tags {
		if known[t.Tag] {
			continue
		}
		barred := x.d.Barred[t.Tag].After(x.now)
		if barred || t.Source == sourceRule || ended(t, x.now) { // a rule that is no more
			x.take(t.Tag)
		}
	}
}

func (x *deriver) tag(r *tagRule, held Tagged, has bool) {
	switch {
	case x.d.Barred[r.tag].After(x.now):
		if has {
			x.take(r.tag)
		}
		return
	case has && held.Source != sourceRule:
		x.others(r, held)
		return
	case r.when == nil:
		if has {
			x.take(r.tag)
		}
		return
	}
	if !x.v.holds(r.when) {
		if has && (held.Expires.IsZero() || ended(held, x.now)) {
			x.take(r.tag)
		}
		return
	}
	if !x.d.personal() {
		return
	}
	t := TagFound{Tag: r.tag, Why: r.why}
	if proof := x.v.proof(r.when); proof != "" {
		t.Why += x.lib.line("evidence_separator") + proof
	}
	if r.expires > 0 {
		t.Expires = startOfDay(x.now, r.expires)
	}
	x.because("tag", r.tag, r.why, x.v.proof(r.when), "")
	if !has || !held.Expires.Equal(t.Expires) || held.Detail != t.Why {
		x.found.Tags = append(x.found.Tags, t)
	}
}

// others ends tags that flows or people have put on, after the time that the house gives them.
func (x *deriver) others(r *tagRule, held Tagged) {
	if held.Expires = x.ends(held); ended(held, x.now) {
		x.take(r.tag)
	}
}

// ends is when a tag ends: its own time, else the one that the house gives to tags of its name; zero = never.
func (x *deriver) ends(t Tagged) time.Time {
	if !t.Expires.IsZero() || t.At.IsZero() || x.rules == nil {
		return t.Expires
	}
	for i := range x.rules.tags {
		if r := &x.rules.tags[i]; r.tag == t.Tag && r.expires > 0 {
			return t.At.AddDate(0, 0, r.expires)
		}
	}
	return time.Time{}
}

// cleared takes off what rules have put on.
func (x *deriver) cleared() {
	for _, t := range x.d.Tags {
		if t.Source == sourceRule || x.d.Barred[t.Tag].After(x.now) {
			x.take(t.Tag)
		}
	}
}

func (x *deriver) take(tag string) {
	x.found.Tags = append(x.found.Tags, TagFound{Tag: tag, Remove: true})
}

func ended(t Tagged, now time.Time) bool { return !t.Expires.IsZero() && !t.Expires.After(now) }

// TagInfo is what the house says about one of its tags.
type TagInfo struct {
	Tag     string
	Label   string
	Group   string
	Visible bool // to the doctor
	Lens    []string
	Rule    string // condition, "" = put on by flows or people
	Why     string
	Days    int // after which it ends, 0 = never
}

// Tags lists the tags of classes.yaml in its order.
func (lib *Library) Tags() []TagInfo {
	if lib.classes == nil {
		return nil
	}
	out := make([]TagInfo, 0, len(lib.classes.tags))
	for i := range lib.classes.tags {
		t := &lib.classes.tags[i]
		out = append(out, TagInfo{Tag: t.tag, Label: t.label, Group: t.group, Visible: t.visible, Lens: t.lens, Rule: t.when.Source(), Why: t.why, Days: t.expires})
	}
	return out
}

// RuleTags lists the tags that rules give the doctor now, whether they were there before or not.
func (f *Found) RuleTags() []string {
	var out []string
	for _, r := range f.Reasons {
		if r.Kind == "tag" {
			out = append(out, r.Value)
		}
	}
	return out
}
