package store

// Payloads of outbox rows, stored as JSON in Effect.Body. They say what is to be sent in the product's own words; bot/wechat turns them into the
// platform's shapes.

// Text is a customer service message to a doctor.
type Text struct {
	OpenID  string   `json:"openid"`
	Text    string   `json:"text"`              // at most 2,000 bytes
	Options []Option `json:"options,omitempty"` // of the question that Text ends with: they may be made pressable
}

// Option is one printed choice of the pending question that can be pressed. A press comes back as a text with Label (Mark where there is none) and ID.
type Option struct {
	ID    string `json:"id"` // see bot.ChoiceID
	Mark  string `json:"m"`
	Label string `json:"l,omitempty"` // "" = the mark says all
}

// Says is what a press says in the doctor's name.
func (o Option) Says() string {
	if o.Label == "" {
		return o.Mark
	}
	return o.Label
}

// Image is a picture to a doctor.
type Image struct {
	OpenID  string `json:"openid"`
	MediaID string `json:"media"` // a picture of the flows (name.png) or an id in the account's media
}

// News is one content item to a doctor.
type News struct {
	OpenID      string `json:"openid"`
	Content     string `json:"content"` // catalogue id
	Title       string `json:"title"`
	Description string `json:"description"`
	URL         string `json:"url"`
	Picture     string `json:"picture,omitempty"`
}

// Menu is a question with choices that can be pressed; a press comes back as a message with the option's text and id.
type Menu struct {
	OpenID  string       `json:"openid"`
	Head    string       `json:"head"`
	Options []MenuOption `json:"options"`
	Tail    string       `json:"tail"`
	Plain   string       `json:"plain"` // the same as a text, for accounts that may not send menus
}

// MenuOption is one choice of a Menu. ID is a number bound to the step, see bot.ChoiceID.
type MenuOption struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// MiniPage is a page of a mini-program.
type MiniPage struct {
	OpenID  string `json:"openid"`
	Content string `json:"content,omitempty"` // catalogue id
	Title   string `json:"title"`
	AppID   string `json:"appid"`
	Path    string `json:"path"`
	Thumb   string `json:"thumb"` // asset
	Plain   string `json:"plain"` // the same as a text, for accounts without the mini-program
}

// Robot is a message to a WeCom group.
type Robot struct {
	Title string `json:"title"`
	Text  string `json:"text"`
	URL   string `json:"url"` // signed, opens a page that takes the lead with one tap
}

// Card is a lead shown to a rep: a WeCom button_interaction template card.
type Card struct {
	UserID   string       `json:"userid"`
	Task     string       `json:"task"`   // unique per app, at most 128 bytes of [0-9A-Za-z_@-]
	Lead     string       `json:"lead"`   // the offer that receives the response code of the receipt
	Source   string       `json:"source"` // small line on top
	Title    string       `json:"title"`
	Subtitle string       `json:"subtitle"`
	Rows     []CardRow    `json:"rows"` // at most 6
	Select   *CardSelect  `json:"select,omitempty"`
	Buttons  []CardButton `json:"buttons"`  // at most 6
	URL      string       `json:"url"`      // opened by a tap on the card
	URLText  string       `json:"url_text"` // the same link as a line, for clients without cards
}

// CardRow is a key with a value.
type CardRow struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// CardSelect is a drop-down list on the card, used for the reason of a decline.
type CardSelect struct {
	Key     string       `json:"key"`
	Title   string       `json:"title"`
	Options []CardButton `json:"options"`
}

// CardButton is a button or an option: Text is shown, Key comes back.
type CardButton struct {
	Text string `json:"text"`
	Key  string `json:"key"`
}

// CardUpdate replaces the buttons of a card by one line of text.
type CardUpdate struct {
	UserID       string `json:"userid"`
	ResponseCode string `json:"response_code"`
	Text         string `json:"text"`
}

// RepText is a plain WeCom message to a rep.
type RepText struct {
	UserID string `json:"userid"`
	Text   string `json:"text"`
}
