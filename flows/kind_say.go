package flows

import "regexp"

// say: one message; a list is one of them, chosen per doctor. A link is printed below it, a picture goes with it.
func kindSay() *stepKind {
	return &stepKind{
		name: "say", key: "say", keys: []string{"link", "image", "pause"},
		bind: bindSay,
		run: func(t *turn, f *Frame, s *Step) verdict {
			body := s.Body.(*SayStep)
			if n := len(body.Texts); n > 0 {
				text := t.render(f, body.Texts[t.choose(n, f.Flow, s.where())])
				if body.Link != nil {
					text += "\n" + body.Link.Title + "\n" + body.Link.URL
				}
				t.say(text)
			}
			if body.Image != "" {
				t.out.Images = append(t.out.Images, body.Image)
			}
			return goOn
		},
	}
}

// SayStep is the body of a say step: one message, or the wordings of which each doctor gets one.
type SayStep struct {
	Texts []*Text
	Link  *Link
	Image string `canon:"text"` // a picture of the folder (name.png) or the id of one in the account's media, "" = none
}

// Link is an address with its title.
type Link struct {
	Title string `canon:"text"`
	URL   string `canon:"text"`
}

var (
	reURL   = regexp.MustCompile(`^https?://[^\s"<>]+$`)
	reMedia = regexp.MustCompile(`^[\w-]{1,256}$`)
)

func bindSay(b *binder, o *object, s *Step) {
	body := &SayStep{Texts: o.texts("say")}
	s.Body = body
	if o.has("pause") {
		b.add(o.key["pause"], "no_pause")
	}
	if n := o.keys["link"]; n != nil {
		l := b.object(n, []string{"title", "url"})
		l.need("title", "url")
		body.Link = &Link{Title: l.plain("title"), URL: l.plain("url")}
		b.fixedLink(l, body.Link)
	}
	if body.Image = o.plain("image"); o.has("image") && !reMedia.MatchString(body.Image) && !rePicture.MatchString(body.Image) {
		b.add(o.keys["image"], "bad_media")
	}
}

// fixedLink files an address that is none, and placeholders, which would make an address out of what a doctor typed.
func (b *binder) fixedLink(o *object, l *Link) {
	b.fixed(o.node, l.Title, l.URL)
	if n := o.keys["url"]; n != nil && !reURL.MatchString(l.URL) {
		b.add(n, "bad_url", "text", l.URL)
	}
}

// bytes is what the link adds to its message.
func (l *Link) bytes() int {
	if l == nil {
		return 0
	}
	return len(l.Title) + len(l.URL) + 2
}
