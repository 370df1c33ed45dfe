package flows

import (
	"strings"
	"testing"
)

// TestTruth: conditions that never or always hold, and those that lie close and are none. Steps begin in line 5.
func TestTruth(t *testing.T) {
	one := "  - id: a\n    ask: 选\n    choices: [{x: 苹果}, {y: 香蕉}, {z: 葡萄}]\n"                                                                    // 5-7
	yes := "  - id: y\n    ask: 有吗\n    type: yesno\n"                                                                                            // 3 lines
	num := "  - id: n\n    ask: 数\n    type: number\n    range: 1..10\n"                                                                          // 5-8
	many := "  - id: m\n    ask: 选\n    type: many\n    pick: 1..2\n    choices: [{x: 苹果}, {y: 香蕉}, {z: 葡萄}, {none: {label: 都不要, only: true}}]\n" // 5-9
	end := "  - end: done\n"
	say := func(when string) string { return "  - when: \"" + when + "\"\n    say: 好\n" }
	for name, c := range map[string]struct{ steps, want string }{
		"two codes":          {one + say("a == x and a == y") + end, "P302 8"},
		"code and not":       {one + say("a == x and not (a in [x, y])") + end, "P302 8"},
		"one or other":       {one + say("a == x or a == y") + end, ""},
		"every code":         {one + say("a == x or a == y or a == z") + end, "P302 8"},
		"every code, list":   {one + say("a in [x, y, z]") + end, "P302 8"},
		"optional, every":    {strings.Replace(one, "    ask", "    required: false\n    ask", 1) + say("a in [x, y, z]") + end, ""},
		"presence":           {one + say("a is not empty") + end, ""},
		"unequal":            {one + say("a != x or a != y") + end, "P302 8"},
		"beyond the range":   {num + say("n > 10") + end, "P302 9"},
		"within the range":   {num + say("n >= 10") + end, ""},
		"whole range":        {num + say("n >= 1") + end, "P302 9"},
		"between":            {num + say("n > 3 and n < 4") + end, ""},
		"between, scale":     {strings.Replace(num, "number", "scale", 1) + say("n > 3 and n < 4") + end, "P302 9"},
		"crossed":            {num + say("n > 5 and n < 3") + end, "P302 9"},
		"with a fallback":    {strings.Replace(num, "    ask", "    required: false\n    ask", 1) + say("(n or 0) < 1") + end, ""},
		"fallback, crossed":  {num + say("(n or 0) > 5 and n < 2") + end, "P302 9"},
		"arithmetic":         {num + say("n * n == 50") + end, ""},
		"open and closed":    {num + one + say("n * n > 3 and a == x and a == y") + end, "P302 12"},
		"two of several":     {many + say("m has x and m has y") + end, ""},
		"three of two":       {many + say("m has x and m has y and m has z") + end, "P302 10"},
		"none and some":      {many + say("m has none and m has x") + end, "P302 10"},
		"branch":             {one + "    next: [{when: a == x, goto: s}]\n  - say: 其他的\n    goto: e\n  - id: s\n    say: 甲\n" + say("a == y") + "  - id: e\n    end: done\n", "P302 13"},
		"branch by option":   {"  - id: a\n    ask: 选\n    choices: [{x: {label: 苹果, goto: s}}, {y: 香蕉}]\n  - when: a == x\n    say: 不会\n  - id: s\n    say: 都会\n" + say("a == x") + end, "P302 8"},
		"rest of branches":   {one + "    next: [{when: a == x, goto: s}, {when: a == y, goto: s}, {when: a == z, goto: s}]\n    goto: s\n  - id: s\n    say: 好\n" + end, "P309 9"},
		"asked again":        {one + "    max_visits: 3\n" + yes + "    next: [{when: y == yes, goto: a}]\n" + say("y == no") + say("a == x") + end, ""},
		"skipped branch":     {yes + "  - id: b\n    when: y == yes\n    ask: 几个\n    type: number\n" + say("y == no and b > 3") + end, ""},
		"class":              {num + "  - classify: s\n    rules: [{a: n > 5}, {b: n > 20}, {c: else}]\n" + end, "P307 10"},
		"class hidden":       {one + "  - classify: s\n    rules: [{a: a == x or a == y}, {b: a == y}, {c: else}]\n  - say: ${s}\n" + end, "P307 9"},
		"class value":        {num + "  - classify: s\n    rules: [{a: n > 5}, {c: else}]\n" + say("s == a and s == c") + end, "P302 11"},
		"check":              {num + "    check: [{when: n > 10, say: 太多}]\n" + end, "P302 9"},
		"check always":       {num + "    check: [{when: n > 0, say: 不行}]\n" + end, "P302 9"},
		"text":               {one + "  - say: 好${if a == x and a == y}的${end}\n" + end, "P302 8"},
		"portrait":           {say("profile.title == chief and profile.title == deputy") + end, ""},
		"portrait over time": {say("profile.title == chief") + yes + say("profile.title != chief") + end, ""},
		"level":              {say("doctor.level > 2") + end, "P302 5"},
		"level later":        {"  - when: doctor.level == 2\n    say: 好\n    goto: e\n" + yes + say("doctor.level == 2") + "  - id: e\n    end: done\n", ""},
		"consent":            {say("consent.base and not consent.base") + end, "P302 5"},
		"computed":           {num + "  - set: {s: n + 1}\n" + say("s > 3 and s < 2") + say("s == 500") + end, "P302 10"},
		"in a block":         {many + "  - id: k\n    block: {for_each: m, as: i}\n    steps:\n      - id: b\n        ask: 有吗\n        type: yesno\n      - when: b == yes and b == no\n        say: 好\n" + end, "P302 16"},
		"item of a block":    {many + "  - id: k\n    block: {for_each: m, as: i}\n    steps:\n      - when: i == x\n        say: 好\n      - when: i == y\n        say: 好\n" + end, ""},
		"shuffled block":     {"  - id: k\n    block: {shuffle: true}\n    steps:\n      - id: b\n        ask: 有吗\n        type: yesno\n        next: [{when: b == yes, goto: end}]\n      - id: d\n        ask: 好吗\n        type: yesno\n" + end, ""},
		"value after blocks": {one + "    next: [{when: a == x, goto: k}]\n    goto: k\n  - id: k\n    block: {times: 2}\n    steps:\n      - set: {s: round}\n" + say("a == y") + end, "P309 9"},
		"explicit otherwise": {one + "  - when: a == x\n    say: 甲\n    goto: e\n  - when: a != x\n    say: 乙\n  - id: e\n    end: done\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := strings.Join(found(t, flowOf(c.steps)), ","); got != c.want {
				t.Errorf("%s, want %s\n%s", got, c.want, c.steps)
			}
		})
	}
}

// TestTriedValues shows what a finding lists.
func TestTriedValues(t *testing.T) {
	lib := mustLoad(t, flowOf("  - id: a\n    ask: 选\n    required: false # lint: ignore P310 另有用例\n    choices: [{x: 苹果}, {y: 香蕉}]\n  - when: a == x and a == y\n    say: 好\n  - end: done\n"))
	ps := Lint(lib, testNow)
	if len(ps) == 0 || !strings.Contains(ps[0].Message, "a = 没有回答、x、y") {
		t.Errorf("%+v", ps)
	}
}
