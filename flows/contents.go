package flows

import (
	"regexp"
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
	Stage       string    // of the adoption ladder that it helps to reach, A0 … A6; "" = any
	Date        time.Time // day on which it came out; zero = not said
	Mini        Mini

	at place
}

// Mini is the same content as a page of the house's mini-program. URL stays what is shown where there is none.
type Mini struct {
	Path    string // "" = there is none
	Picture string // of the card: a picture of the folder (name.png) or the id of one in the account's media
}

// reMiniPath is a page of a mini-program with its query.
var reMiniPath = regexp.MustCompile(`^[\w-]+(/[\w-]+)*(\.html)?(\?[^\s"<>#]*)?$`)

var contentKinds = []string{"literature", "case", "video", "meeting"}

// Allowed reports whether the item may be given to a doctor of a verification level now.
func (c *Content) Allowed(level int, now time.Time) bool {
	return standing(level) >= c.Audience && (c.Product == "" || standing(level) >= 2) && !c.expired(now)
}

// Audience is the verification level from which a content item may be given; product content is never for less than verified doctors. What is not in the catalogue
// is for them alone.
func (lib *Library) Audience(id string) int {
	c, known := lib.content(id)
	if !known || c.Product != "" {
		return 2
	}
	return c.Audience
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

// TopicsOf lists the topics of a content item; nil when there is none of this id.
func (lib *Library) TopicsOf(id string) []string {
	c, _ := lib.content(id)
	return c.Topics
}

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
		co := b.object(v, []string{"title", "kind", "url", "description", "topics", "audience", "approval", "until", "product", "stage", "date", "mini"})
		co.need("title", "kind", "url")
		c := Content{ID: k.Value, Title: co.plain("title"), Kind: co.oneOf("kind", contentKinds...), URL: co.plain("url"),
			Description: co.plain("description"), Topics: co.words("topics"), Audience: co.number("audience", 0, 2, 2), Until: co.until(),
			Product: co.plain("product"), Stage: co.oneOf("stage", stages...), Date: co.date("date"), at: b.at(k)}
		if !isName(c.ID) {
			b.add(k, "bad_name", "name", c.ID)
		}
		if n := co.keys["approval"]; n != nil {
			ao := b.object(n, []string{"no", "until"})
			ao.need("no", "until")
			c.ApprovalNo, c.Until = ao.plain("no"), ao.until()
		}
		if n := co.keys["mini"]; n != nil {
			mo := b.object(n, []string{"path", "picture"})
			mo.need("path", "picture")
			c.Mini = Mini{Path: mo.plain("path"), Picture: mo.plain("picture")}
			if mo.has("path") && !reMiniPath.MatchString(c.Mini.Path) {
				b.add(mo.keys["path"], "bad_mini", "text", c.Mini.Path)
			}
			if mo.has("picture") && !reMedia.MatchString(c.Mini.Picture) && !rePicture.MatchString(c.Mini.Picture) {
				b.add(mo.keys["picture"], "bad_media")
			}
		}
		l.lib.byContent[c.ID] = len(l.lib.contents)
		l.lib.contents = append(l.lib.contents, c)
	})
}
