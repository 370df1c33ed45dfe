package flows

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/vrep/vrep/flows/lint"
	"go.yaml.in/yaml/v4"
)

// read takes the portrait, level, consents and tags of an imagined doctor from YAML: profile, level, consents, tags, or just the fields.
func (f *Facts) read(data []byte, now time.Time) error {
	f.make()
	if len(data) == 0 {
		return nil
	}
	s := &lint.Sink{}
	_, root := lint.Read("profile", data, s, isLanguageKey)
	if root == nil || root.Kind != yaml.MappingNode {
		return fmt.Errorf("reading profile: %w", ErrLint)
	}
	f.from(root, now)
	return nil
}

// from takes an imagined doctor from a map.
func (f *Facts) from(n *yaml.Node, now time.Time) {
	f.make()
	structured := false
	for i := 0; i+1 < len(n.Content); i += 2 {
		switch n.Content[i].Value {
		case "profile", "level", "consents", "consent", "tags", "openid", "sent", "invites", "prices", "reps", "lapsed", "barred", "master", "card", "cards", "standing", "quotes":
			structured = true
		}
	}
	if !structured {
		f.fields(n, now)
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		v := n.Content[i+1]
		switch n.Content[i].Value {
		case "profile":
			f.fields(v, now)
		case "level":
			f.Level, _ = strconv.Atoi(v.Value)
		case "consents", "consent":
			f.consents(v)
		case "tags":
			for _, t := range v.Content {
				f.Tags[t.Value] = true
			}
		case "sent":
			for _, t := range v.Content {
				f.Sent[t.Value] = true
			}
		case "invites":
			r := f.reads()
			r.codes = map[string]bool{}
			for _, c := range v.Content {
				r.codes[c.Value] = true
			}
		case "prices":
			f.reads().prices = pairsOf(v)
		case "reps":
			f.reads().reps = pairsOf(v)
		case "lapsed":
			f.Lapsed = v.Value == "true"
		case "barred":
			f.Barred = v.Value == "true"
		case "master":
			f.reads().master = v.Value
		case "card":
			f.Card = v.Value
		case "cards":
			f.reads().cards, _ = strconv.Atoi(v.Value)
		case "standing":
			f.reads().standing = v.Value
		case "quotes":
			f.reads().quotes = pairsOf(v)
		case "openid":
			f.Doctor = v.Value
		}
	}
}

func (f *Facts) fields(n *yaml.Node, now time.Time) {
	if n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := Known{Value: nodeValue(n.Content[i+1]), At: now, Source: "import"}
		if v := n.Content[i+1]; v.Kind == yaml.MappingNode { // {value, label, at}
			for j := 0; j+1 < len(v.Content); j += 2 {
				switch v.Content[j].Value {
				case "value":
					k.Value = nodeValue(v.Content[j+1])
				case "label":
					k.Label = v.Content[j+1].Value
				case "at":
					if at, err := parseWhen(v.Content[j+1].Value, now.Location()); err == nil {
						k.At = at
					}
				}
			}
		}
		f.Profile[n.Content[i].Value] = k
	}
}

// consents reads a list of purposes, or a map purpose → policy.
func (f *Facts) consents(n *yaml.Node) {
	for i := 0; i < len(n.Content); i++ {
		if n.Kind == yaml.SequenceNode {
			f.Consents[n.Content[i].Value] = "given"
			continue
		}
		if i+1 < len(n.Content) {
			f.Consents[n.Content[i].Value] = n.Content[i+1].Value
		}
		i++
	}
}

// parseWhen reads a time with or without zone, or a day.
func parseWhen(s string, zone *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("reading time %q: %w", s, ErrLint)
}

// imagined answers look-ups for players and tests: from what is given with the doctor, else from the folder.
type imagined struct {
	lib    *Library
	codes  map[string]bool   // good invitation codes; nil = every code without BAD in it
	prices map[string]string // by product
	reps   map[string]string // by hospital
	master string            // the doctor of the master data who this one is; "" = none

	cards    int               // cards for colleagues that are open
	standing string            // as a super customer
	quotes   map[string]string // words that wait for the doctor, by id
}

// Cards implements Peers.
func (r *imagined) Cards() (open int, standing string) { return r.cards, r.standing }

// Quote implements Peers.
func (r *imagined) Quote(id string) (words string, ok bool) {
	words, ok = r.quotes[id]
	return words, ok
}

// Master implements Reads.
func (r *imagined) Master(string, string, string) (string, bool) { return r.master, r.master != "" }

// InviteOK implements Reads.
func (r *imagined) InviteOK(code string) bool {
	if r.codes == nil {
		return code != "" && !strings.Contains(strings.ToUpper(code), "BAD")
	}
	return r.codes[code]
}

// Price implements Reads.
func (r *imagined) Price(hospital, product string, at time.Time) (string, bool) {
	if text, ok := r.prices[product]; ok {
		return text, text != ""
	}
	if r.lib == nil {
		return "", false
	}
	return r.lib.Price(hospital, product, at)
}

// RepOf implements Reads.
func (r *imagined) RepOf(hospital string) (string, bool) {
	name, ok := r.reps[hospital]
	return name, ok
}

// reads are the imagined look-ups of the facts, made when there are none.
func (f *Facts) reads() *imagined {
	r, ok := f.Reads.(*imagined)
	if !ok {
		r = &imagined{}
		f.Reads = r
	}
	return r
}

// pairsOf reads a map of texts.
func pairsOf(n *yaml.Node) map[string]string {
	out := map[string]string{}
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		out[n.Content[i].Value] = n.Content[i+1].Value
	}
	return out
}
