package flows

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Limits of the account's menu. Source: the platform's page on custom menus.
const (
	maxButtons    = 3
	maxSubButtons = 5
	maxButtonName = 16 // bytes
	maxSubName    = 60 // bytes
	maxButtonKey  = 128
)

// commandKey begins the key of a button that stands for a command word.
const commandKey = "command:"

// MenuButton is one button of the account's menu: with buttons below it, with an address, or with the key that a press brings.
type MenuButton struct {
	Name string
	Key  string
	URL  string
	Sub  []MenuButton

	command string
	at      place
}

// Menu is the account's menu as _config.yaml has it.
type Menu struct {
	Everyone []MenuButton // empty = the house keeps its menu elsewhere
	Verified []MenuButton // what doctors of level 2 see instead; empty = the same
}

// Menu returns the account's menu; the caller must not change it.
func (lib *Library) Menu() Menu { return lib.config.Menu }

// menu reads a list of buttons. Their number and names are checked by Lint.
func (b *binder) menu(o *object, key string) []MenuButton {
	var out []MenuButton
	for _, n := range o.items(key) {
		out = append(out, b.button(n))
	}
	return out
}

func (b *binder) button(n *yaml.Node) MenuButton {
	o := b.object(n, []string{"name", "key", "command", "url", "sub"})
	o.need("name")
	m := MenuButton{Name: o.plain("name"), Key: o.word("key"), URL: o.plain("url"), command: o.oneOf("command", commandNames...), at: b.at(n)}
	ways := 0
	for _, way := range []string{"key", "command", "url", "sub"} {
		if o.has(way) {
			ways++
		}
	}
	if ways != 1 && n.Kind == yaml.MappingNode {
		b.add(n, "menu_does", "name", m.Name)
	}
	if m.command != "" {
		m.Key = commandKey + m.command
	}
	if o.has("url") && !reURL.MatchString(m.URL) {
		b.add(o.keys["url"], "bad_url", "text", m.URL)
	}
	m.Sub = b.menu(o, "sub")
	return m
}

// walk calls do for every button with its depth, from 0.
func (m Menu) walk(do func(b *MenuButton, depth int)) {
	var down func(list []MenuButton, depth int)
	down = func(list []MenuButton, depth int) {
		for i := range list {
			do(&list[i], depth)
			down(list[i].Sub, depth+1)
		}
	}
	down(m.Everyone, 0)
	down(m.Verified, 0)
}

// pressed acts on a press in the account's menu: a command word, or a key that flows begin by.
func (t *turn) pressed(key string) {
	if name, ok := strings.CutPrefix(key, commandKey); ok {
		if cmd := t.e.lib.config.commands[name]; cmd != nil && len(cmd.words) > 0 {
			if _, known := t.command(cmd.words[0]); known {
				t.text(cmd.words[0])
				return
			}
		}
	}
	t.trigger("menu", key)
}

// checkMenu: sizes that the platform refuses, and buttons that lead nowhere.
func checkMenu(c *checker) {
	keys := c.lib.menuKeys()
	for _, list := range [][]MenuButton{c.lib.config.Menu.Everyone, c.lib.config.Menu.Verified} {
		if len(list) > maxButtons {
			c.add(list[maxButtons].at, "menu_many", "max", itoa(maxButtons), "n", itoa(len(list)))
		}
	}
	c.lib.config.Menu.walk(func(b *MenuButton, depth int) {
		most := maxButtonName
		if depth > 0 {
			most = maxSubName
		}
		switch {
		case depth > 1:
			c.add(b.at, "menu_deep", "name", b.Name)
		case len(b.Sub) > maxSubButtons:
			c.add(b.Sub[maxSubButtons].at, "menu_many", "max", itoa(maxSubButtons), "n", itoa(len(b.Sub)))
		case len(b.Name) > most:
			c.add(b.at, "menu_name", "name", b.Name, "n", itoa(len(b.Name)), "max", itoa(most))
		case len(b.Key) > maxButtonKey, b.Key != "" && b.command == "" && !slices.Contains(keys, b.Key):
			c.add(b.at, "menu_key", "key", b.Key, "allowed", strings.Join(keys, listMark))
		}
	})
}

// menuKeys are the keys by which flows begin, sorted.
func (lib *Library) menuKeys() []string {
	known := map[string]bool{}
	for _, f := range lib.flows {
		for _, t := range f.Start.On {
			if t.Kind == "menu" {
				known[t.Key] = true
			}
		}
	}
	return sortedKeys(known)
}
