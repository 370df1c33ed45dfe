package console

import "fmt"

// Ability is something that the account may do, or how often, as the settings have it. The console shows it and changes nothing.
type Ability struct {
	Setting string // key of the setting; its word is in the group ability
	Value   string // "on", "off", or the figure as it is written
}

// Switch tells whether the ability is only on or off.
func (a Ability) Switch() bool { return a.Value == "on" || a.Value == "off" }

// named refuses an ability that the page could not explain.
func (w words) named(list []Ability) error {
	for _, a := range list {
		if !w.has("ability", a.Setting) || !w.has("abilityhint", a.Setting) {
			return fmt.Errorf("console: the setting %s has no word", a.Setting)
		}
	}
	return nil
}
