package flows

import (
	"time"

	"go.yaml.in/yaml/v4"
)

// Content is one approved item of the catalogue.
type Content struct {
	ID          string
	Title       string
	Kind        string // literature, case, video, meeting
	URL         string
	Description string
	Topics      []string
	Audience    int // lowest verification level that may see it
	ApprovalNo  string
	Until       time.Time // end of the last valid day; zero = no end
	Product     string

	at place
}

var contentKinds = []string{"literature", "case", "video", "meeting"}

// Allowed reports whether the item may be given to a doctor of a verification level now.
func (c *Content) Allowed(level int, now time.Time) bool {
	return standing(level) >= c.Audience && !c.expired(now)
}

func (c *Content) expired(now time.Time) bool { return !c.Until.IsZero() && dayOver(c.Until, now) }

// rejectedLevel marks a doctor whose verification was refused.
const rejectedLevel = 9

// dayOver reports whether the day until (a date without zone) has ended where now is.
func dayOver(until, now time.Time) bool {
	y, m, d := until.Date()
	return !now.Before(time.Date(y, m, d+1, 0, 0, 0, 0, now.Location()))
}

// Contents lists the catalogue in the order of its file.
func (lib *Library) Contents() []Content { return lib.contents }

func (lib *Library) content(id string) (Content, bool) {
	if i, ok := lib.byContent[id]; ok {
		return lib.contents[i], true
	}
	return Content{}, false
}

func (lib *Library) contentIDs() []string { return sortedKeys(lib.byContent) }

// contents reads contents.yaml.
func (l *loader) contents(b *binder, root *yaml.Node) {
	o := b.object(root, []string{"contents"})
	if !o.need("contents") {
		return
	}
	b.pairs(o.keys["contents"], func(k, v *yaml.Node) {
		co := b.object(v, []string{"title", "kind", "url", "description", "topics", "audience", "approval", "until", "product"})
		co.need("title", "kind", "url")
		c := Content{ID: k.Value, Title: co.plain("title"), Kind: co.oneOf("kind", contentKinds...), URL: co.plain("url"),
			Description: co.plain("description"), Topics: co.words("topics"), Audience: co.number("audience", 0, 2, 2), Until: co.date("until"),
			Product: co.plain("product"), at: b.at(k)}
		if !isName(c.ID) {
			b.add(k, "bad_name", "name", c.ID)
		}
		if n := co.keys["approval"]; n != nil {
			ao := b.object(n, []string{"no", "until"})
			ao.need("no", "until")
			c.ApprovalNo, c.Until = ao.plain("no"), ao.date("until")
		}
		l.lib.byContent[c.ID] = len(l.lib.contents)
		l.lib.contents = append(l.lib.contents, c)
	})
}
