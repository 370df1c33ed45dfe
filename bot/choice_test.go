package bot

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/vrep/vrep/flows"
)

func TestChoiceIDsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		who := rapid.StringMatching(`[0-9a-f]{8}`).Draw(t, "who")
		seq, option := rapid.Int64Range(1, 90_000).Draw(t, "seq"), rapid.IntRange(0, choiceMost-1).Draw(t, "option")
		id := ChoiceID(who, seq, option)
		if n, err := strconv.ParseInt(id, 10, 32); err != nil || n <= 0 {
			t.Fatalf("id %q is no short number", id)
		}
		gotSeq, gotOption, ok := ReadChoiceID(who, id)
		if gotSeq != seq || gotOption != option || !ok {
			t.Fatalf("id %q of turn %d, option %d is read as %d, %d, %v", id, seq, option, gotSeq, gotOption, ok)
		}
		other := rapid.StringMatching(`[ -~]{0,12}`).Draw(t, "other")
		if seq, option, ok := ReadChoiceID(who, other); ok && ChoiceID(who, seq, option) != other {
			t.Fatalf("%q is taken for turn %d, option %d", other, seq, option)
		}
	})
	for _, id := range []string{"", "0", "1", "101", "-10101", "+20101", "020101", "1e9", "99999999999999999999", "一"} {
		if _, _, ok := ReadChoiceID("d", id); ok {
			t.Errorf("%q counts as ours", id)
		}
	}
}

func TestOffersEndWithTheirQuestion(t *testing.T) {
	ward := flows.Pending{Flow: "f", Hash: "h", ID: "ward", Asked: "哪个病区？\n1. 甲\n2. 乙", Press: true, Passed: 3, Options: []flows.Option{{Mark: "1", Label: "甲"}, {Mark: "2", Label: "乙"}}}
	first := offered(nil, ward, 1, 7)
	if again := offered(first, ward, 1, 9); again.Seq != 7 {
		t.Errorf("asked again unchanged: ids of turn %d, want 7", again.Seq)
	}
	changes := map[string]func(p *flows.Pending){
		"another question":        func(p *flows.Pending) { p.ID = "room" },
		"another wording":         func(p *flows.Pending) { p.Asked = "换了？\n1. 甲\n2. 乙" },
		"a read-back":             func(p *flows.Pending) { p.Confirming = true },
		"another version":         func(p *flows.Pending) { p.Hash = "i" },
		"asked anew after others": func(p *flows.Pending) { p.Passed++ },
	}
	for name, change := range changes {
		p := ward
		change(&p)
		if now := offered(first, p, 1, 9); now.Seq != 9 {
			t.Errorf("%s keeps the ids of turn %d", name, now.Seq)
		}
	}
	if now := offered(first, ward, 2, 9); now.Seq != 9 {
		t.Error("another talk keeps the ids")
	}
	ward.Press = false
	if offered(first, ward, 1, 9) != nil {
		t.Error("a question of several options can be pressed")
	}
	state := talk{Offer: first}
	text := flows.Input{Kind: flows.InText, Text: "乙"}
	presses := map[string]flows.Input{
		"":                                text,
		"0":                               text,
		"101":                             text,
		ChoiceID("d", 7, 1):               {Kind: flows.InText, Text: "2"},
		ChoiceID("d", 6, 1):               {Kind: flows.InText, Text: "乙", Lapsed: true},
		ChoiceID("d", 7, 2):               {Kind: flows.InText, Text: "乙", Lapsed: true},
		"0" + ChoiceID("d", 7, 1):         text,
		ChoiceID("somebody else", 123, 4): text,
	}
	for id, want := range presses {
		if diff := cmp.Diff(want, state.pressed("d", id, text)); diff != "" {
			t.Errorf("press %q (-want +got):\n%s", id, diff)
		}
	}
	picture := flows.Input{Kind: flows.InImage}
	if diff := cmp.Diff(picture, state.pressed("d", ChoiceID("d", 1, 0), picture)); diff != "" {
		t.Errorf("a picture with an id (-want +got):\n%s", diff)
	}
}
