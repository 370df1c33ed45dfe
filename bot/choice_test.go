package bot

import (
	"context"
	"encoding/json"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
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

// TestAResendOffersTheSameOptions: from the session store and, when that has forgotten, from the journal.
func TestAResendOffersTheSameOptions(t *testing.T) {
	st, se := storetest.SQLite(t, fixed), storetest.Embedded(t)
	b := newBot(t, st, se, func(o *Options) { o.Can.ChoiceLinks = true })
	who := store.DoctorID(storetest.Account, "o1")
	say(t, b, "o1", 0, "@subscribe")
	in := inbound(storetest.Account, "o1", 1, "张三")
	first, err := b.Receive(context.Background(), in)
	if err != nil || len(first.Options) != 2 || first.Options[0] != (Option{ID: ChoiceID(who, 2, 0), Mark: "1", Label: "同意"}) {
		t.Fatalf("the consent offers %+v (%v)", first.Options, err)
	}
	for _, forget := range []bool{false, true} {
		if forget {
			if err := se.Forget(context.Background(), who); err != nil {
				t.Fatal(err)
			}
		}
		again, err := b.Receive(context.Background(), in)
		if diff := cmp.Diff(first, again); diff != "" || err != nil {
			t.Errorf("resend, forgotten %v: %v (-first +again):\n%s", forget, err, diff)
		}
	}
	press := inbound(storetest.Account, "o1", 2, "同意")
	press.MenuID = first.Options[0].ID
	if next, err := b.Receive(context.Background(), press); err != nil || len(next.Options) != 2 || next.Options[1].Label != "肾内科" {
		t.Errorf("after the press %+v (%v)", next, err)
	}
}

// TestLateArticlesAreQueued: what nobody fetched goes out by itself, and counts under the key of the reply.
func TestLateArticlesAreQueued(t *testing.T) {
	st := storetest.SQLite(t, fixed)
	b := newBot(t, st, storetest.Embedded(t), nil)
	who := doctorRow(t, st, "o1", nil)
	reply := Reply{Articles: []News{{Content: "a", Title: "一"}, {Content: "b", Title: "二"}}, Effect: effectKey(who, 1, replyName)}
	if err := b.sayLater(context.Background(), inbound(storetest.Account, "o1", 1, "资料"), who, taken{seq: 1, reply: reply}); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, e := range remains(t, st, "o1").Record.Effects {
		var n News
		if err := json.Unmarshal(e.Body, &n); err != nil || n.OpenID != "o1" {
			t.Errorf("effect %s is %s (%v)", e.Key, e.Body, err)
		}
		got[e.Key] = n.Content
	}
	if diff := cmp.Diff(map[string]string{reply.Effect: "a", reply.Effect + "1": "b"}, got); diff != "" {
		t.Errorf("queued (-want +got):\n%s", diff)
	}
}
