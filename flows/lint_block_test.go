package flows

import (
	"fmt"
	"strings"
	"testing"
)

// TestBlockFindings: what a block may not be, and what is fine. Steps begin in line 5.
func TestBlockFindings(t *testing.T) {
	many := "  - id: p\n    ask: 哪些\n    type: many\n    choices: [{a: 甲}, {b: 乙}]\n"
	block := func(loop, steps string) string {
		return "  - id: k\n    block: {" + loop + "}\n    steps:\n" + steps
	}
	q := "      - id: n\n        ask: 数\n        type: number\n"
	end := "  - end: done\n"
	for name, c := range map[string]struct{ steps, want string }{
		"guarded by count":    {many + block("for_each: p", q) + "  - say: 好${if k.count > 0}，${k.n}${end}\n" + end, ""},
		"guarded by when":     {many + block("for_each: p", q) + "  - when: k.count >= 1\n    say: 好，${k.n}\n" + end, ""},
		"counted to nothing":  {"  - id: p\n    ask: 哪些\n    type: many\n    required: false\n    choices: [{a: 甲}, {b: 乙}]\n" + block("for_each: p", q) + "  - say: 好${if k.count >= 0}，${k.n}${end}\n" + end, "R203 16"},
		"optional in a round": {many + block("for_each: p", q+"        required: false\n") + "  - say: 好${if k.count > 0}，${k.n}${end}\n" + end, "R203 16"},
		"for each":            {many + block("for_each: p", q) + end, ""},
		"no id":               {many + "  - block: {for_each: p}\n    steps:\n" + q + end, "S104 9"},
		"no steps":            {many + "  - id: k\n    block: {for_each: p}\n    steps: []\n" + end, "S104 11"},
		"without steps":       {many + "  - id: k\n    block: {for_each: p}\n" + end, "S104 9"},
		"plain":               {"  - id: k\n    block:\n    steps:\n" + q + "  - say: ${k.n}\n" + end, ""},
		"not a list":          {"  - id: m\n    ask: 数\n    type: number\n" + block("for_each: m", q) + end, "R205 9"},
		"not a number":        {many + block("times: p", q) + end, "R205 10"},
		"unknown list":        {block("for_each: products", q) + end, "R201 6"},
		"two loops":           {many + block("for_each: p, times: 2", q) + end, "S105 10"},
		"max alone":           {block("max: 3", q) + end, "S105 6"},
		"as alone":            {block("times: 3, as: x", q) + end, "S105 6"},
		"pick of times":       {block("times: 3, pick: 2", q) + end, "S105 6"},
		"too many":            {block("times: 3, max: 51", q) + end, "S105 6"},
		"until":               {block("until: n > 3", q) + end, ""},
		"until round":         {block("until: round == 3", q) + end, ""},
		"endless":             {many + block("until: p has a", q) + end, "P304 10"},
		"unknown key":         {block("time: 3", q) + end, "Y004 6"},
		"count taken":         {block("times: 3", strings.Replace(q, "id: n", "id: count", 1)) + end, "S102 8"},
		"jump out":            {block("times: 3", q+"        goto: z\n") + "  - id: z\n    say: 好\n" + end, "R201 11"},
		"jump in":             {block("times: 3", q) + "  - id: y\n    ask: 好\n    type: yesno\n    next: [{when: y == yes, goto: n}]\n" + end, "R201 14"},
		"jump within":         {block("times: 3", "      - id: y\n        ask: 好\n        type: yesno\n        next: [{when: y == no, goto: end}]\n"+q) + end, ""},
		"fails out":           {block("times: 3", q+"        on_fail: z\n") + "  - id: z\n    say: 好\n" + end, "R201 11"},
		"unreachable":         {block("times: 3", q+"        goto: end\n      - say: 好\n") + end, "P301 12"},
		"back inside":         {block("times: 3", q+"        next: [{when: n > 3, goto: n}]\n") + end, ""},
		"endless round":       {block("times: 3", q+"        goto: n\n        max_visits: 2\n") + end, "P303 8"},
		"list missing":        {many + block("for_each: p", q) + "  - say: ${k.n}\n" + end, ""},
		"maybe no round":      {block("times: 1 - 1", q) + "  - say: ${k.n}\n" + end, "R203 11"},
		"maybe no item":       {strings.Replace(many, "{b: 乙}", "{b: {label: 乙, only: true}}", 1) + block("for_each: p", q) + "  - say: ${k.n}\n" + end, "R203 15"},
		"sum of none":         {block("times: 1 - 1", q) + "  - set: {s: sum(k.n) + k.count}\n  - say: ${s}\n" + end, ""},
		"max of none":         {block("times: 1 - 1", q) + "  - set: {s: max(k.n) + 1}\n" + end, "R203 11"},
		"not asked inside":    {block("times: 2", q+"        when: round == 2\n") + "  - say: ${k.n}\n" + end, "R203 12"},
		"outer inside":        {"  - id: m\n    ask: 数\n    type: number\n" + block("times: m", "      - say: ${m}${round}\n      - say: ${item}\n") + end, "R201 12"},
		"optional inside":     {"  - id: m\n    ask: 数\n    type: number\n    required: false\n" + block("times: 2", "      - say: ${m}\n") + end, "R203 12"},
		"guarded outside":     {"  - id: m\n    ask: 数\n    type: number\n    required: false\n  - id: k\n    when: m > 2\n    block: {times: 2}\n    steps:\n      - say: ${m}\n" + end, ""},
		"later inside":        {block("times: 2", "      - say: ${z}\n") + "  - id: z\n    ask: 数\n    type: number\n" + end, "R202 8"},
		"own list inside":     {block("times: 2", "      - when: k.n has 3\n        say: 好\n"+q) + end, ""},
		"item value":          {many + block("for_each: p, as: x", "      - when: x == c\n        say: 好\n"+q) + end, "R204 12"},
		"value of list":       {many + block("for_each: p", "      - id: w\n        ask: 选\n        choices: [{x: 苹果}, {y: 香蕉}]\n") + "  - when: k.w has z\n    say: 好\n" + end, "R204 15"},
		"shuffled uses other": {block("shuffle: true", q+"      - id: o\n        ask: 数\n        type: number\n      - say: ${n}\n") + end, "R203 14"},
		"shuffled after":      {block("shuffle: true", q) + "  - say: ${k.n}\n" + end, ""},
		"picked after":        {block("pick: 1", q+"      - id: o\n        ask: 数\n        type: number\n") + "  - say: ${k.n}\n" + end, "R203 14"},
		"another taken":       {block("another: 还有吗？", strings.Replace(q, "id: n", "id: another", 1)) + end, "S101 8"},
		"nested":              {many + block("for_each: p", "      - id: d\n        block: {times: 2}\n        steps:\n          - id: n\n            ask: ${item} 第 ${round} 次\n            type: number\n") + "  - say: ${k.d.n} ${sum(k.d.n)}\n" + end, ""},
		"longer names": {strings.NewReplacer("id: k", "id: k"+strings.Repeat("x", 50), "id: n", "id: n"+strings.Repeat("x", 40)).Replace(many+block("for_each: p", q)) + end,
			"S105 12"},
		"same duplicate":      {"  - id: n\n    ask: 数\n    type: number\n" + block("times: 2", q) + end, ""},
		"lead before consent": {block("times: 2", "      - do: lead\n        kind: x\n") + "  - id: c\n    ask: 同意？\n    type: consent\n    policy: p\n    next: [{when: c == refuse, goto: stop}]\n" + end, "P308 8"},
		"kept after refusal":  {"  - id: c\n    ask: 同意？\n    type: consent\n    policy: p\n" + block("times: 2", q+"        save: profile.n\n") + end, "P308 12, R201 15"},
		"not kept":            {"  - id: c\n    ask: 同意？\n    type: consent\n    policy: p\n" + block("times: 2", q+"        save: profile.n\n        when: c == agree\n") + end, "R201 15"},
	} {
		got := []string{}
		for _, f := range found(t, flowOf(c.steps)) {
			got = append(got, f)
		}
		if g := strings.Join(got, ", "); g != c.want {
			t.Errorf("%s: got %q, want %q\n%s", name, g, c.want, numbered(header+"steps:\n"+c.steps))
		}
	}
}

func numbered(s string) string {
	var b strings.Builder
	for i, line := range strings.Split(s, "\n") {
		fmt.Fprintf(&b, "%2d %s\n", i+1, line)
	}
	return b.String()
}
