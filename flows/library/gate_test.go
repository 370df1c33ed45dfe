package library_test

import (
	"io/fs"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/cond"
	"github.com/vrep/vrep/flows/library"
)

// productWords are how texts name the product of the shipped folder.
var productWords = []string{"示例沙坦"}

// unverified are the levels to which no product content may go.
var unverified = []int{0, 1, 9}

// TestS1_37_ProductContentIsForVerifiedDoctors: whatever names a product in the catalogue is a product's, and is given to nobody below level 2.
func TestS1_37_ProductContentIsForVerifiedDoctors(t *testing.T) {
	lib := load(t)
	products := 0
	for _, c := range lib.Contents() {
		about := c.Product != "" || names(c.Title) || names(c.Description)
		if !about {
			continue
		}
		products++
		if c.Audience != 2 || lib.Audience(c.ID) != 2 {
			t.Errorf("%s is about a product and for level %d", c.ID, c.Audience)
		}
		for _, level := range unverified {
			if c.Allowed(level, talkAt) {
				t.Errorf("%s is allowed at level %d", c.ID, level)
			}
			pick, ok := flows.Pick([]flows.Content{c}, lib.Match(), flows.Wish{Level: level, Now: talkAt, Kinds: []string{c.Kind}})
			if ok && pick.ID == c.ID {
				t.Errorf("%s is picked at level %d", c.ID, level)
			}
		}
		if !c.Allowed(2, talkAt) {
			t.Errorf("%s is allowed to nobody", c.ID)
		}
	}
	if products < 3 || lib.Audience("no-such-content") != 2 {
		t.Errorf("%d product contents; unknown content is for level %d", products, lib.Audience("no-such-content"))
	}
}

func names(text string) bool {
	return slices.ContainsFunc(productWords, func(w string) bool { return strings.Contains(text, w) })
}

// TestS2_04_NoTalkNamesAProductBelowLevelTwo walks through every flow by every word and menu key that opens one, as doctors who are not verified, and wants no
// text, content or price of a product. Verified doctors hear of it, so that the walk is worth something.
func TestS2_04_NoTalkNamesAProductBelowLevelTwo(t *testing.T) {
	lib := load(t)
	engine, err := flows.NewEngine(lib, nil)
	if err != nil {
		t.Fatal(err)
	}
	openers := openersOf(t)
	heard := map[int]int{}
	walks := 12
	for _, level := range append(slices.Clone(unverified), 2) {
		for seed, opener := range openers {
			for n := range walks {
				heard[level] += gateWalk(t, engine, level, opener, rand.New(rand.NewPCG(uint64(seed), uint64(n))))
			}
		}
	}
	if heard[2] == 0 {
		t.Error("nobody hears of the product at all")
	}
	t.Logf("%d walks at each level; verified doctors heard of the product %d times", len(openers)*walks, heard[2])
}

// openersOf are the words and menu keys of the folder.
func openersOf(t *testing.T) []flows.Input {
	t.Helper()
	trigger := regexp.MustCompile(`(word|menu):([^"\],\n]+)`)
	var all []flows.Input
	seen := map[string]bool{}
	err := fs.WalkDir(library.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(path, "tests/") || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		data, err := fs.ReadFile(library.FS, path)
		for _, m := range trigger.FindAllStringSubmatch(string(data), -1) {
			key := strings.TrimSpace(m[2])
			if seen[m[0]] {
				continue
			}
			seen[m[0]] = true
			in := flows.Input{Kind: flows.InText, Text: key, At: talkAt}
			if m[1] == "menu" {
				in = flows.Input{Kind: flows.InClick, Key: key, At: talkAt}
			}
			all = append(all, in)
		}
		return err
	})
	if err != nil || len(all) < 40 {
		t.Fatalf("%d ways to begin, %v", len(all), err)
	}
	return append(all, flows.Input{Kind: flows.InFollow, At: talkAt})
}

// gateWalk goes one way and counts how often a product was named.
func gateWalk(t *testing.T, engine *flows.Engine, level int, opener flows.Input, r *rand.Rand) int {
	t.Helper()
	onboarded := flows.Known{Value: cond.Text("2026-01-01"), At: talkAt}
	facts := flows.Facts{
		Doctor: "gate", Level: level, CaseNo: "AE-20260304-AAAAAA", Reads: oneInvite{}, Consents: map[string]string{"base": "p", "push": "p", "share_with_rep": "p"},
		Profile: map[string]flows.Known{"onboarded": onboarded, "name": {Value: cond.Text("王建国"), Label: "王建国", At: talkAt}, "hospital": {Value: cond.Text("h0001"), Label: "杭州示例医院", At: talkAt}},
	}
	said := 0
	hear := func(in flows.Input, out flows.Outcome) {
		text := out.Reply()
		for _, s := range out.Sends {
			text += s.Content.Title + s.Content.Description + s.Content.Product
		}
		if !names(text) {
			return
		}
		if said++; level != 2 {
			t.Errorf("level %d hears of the product after %q: %s", level, in.Text+in.Key, text)
		}
	}
	out := engine.Step(flows.State{}, opener, facts)
	hear(opener, out)
	for range 14 {
		in := flows.Input{Kind: flows.InText, Text: replyTo(out, r), At: talkAt}
		out = engine.Step(out.State, in, facts)
		hear(in, out)
		if out.Level >= 2 || out.Verify != nil { // from here on the doctor would be somebody else
			return said
		}
	}
	return said
}

// replyTo is what an imagined doctor answers: an option, or one of some words.
func replyTo(out flows.Outcome, r *rand.Rand) string {
	if options := out.Pending.Options; len(options) > 0 && r.IntN(5) > 0 {
		return options[r.IntN(len(options))].Mark
	}
	words := []string{"跳过", "心内科", "3", "多少钱", "价格", "有没有资料", "下周三下午", "13812345678", "是", "没有", "不清楚", "怎么用"}
	return words[r.IntN(len(words))]
}
