package sim

// Card is a WeCom template card of any kind. The same
// struct reads the JSON of the API and the XML of a passive update; the field
// names are the platform's.
type Card struct {
	CardType    string         `json:"card_type" xml:"CardType"`
	Source      *CardSource    `json:"source,omitempty" xml:"Source"`
	ActionMenu  *CardMenu      `json:"action_menu,omitempty" xml:"ActionMenu"`
	MainTitle   *CardTitle     `json:"main_title,omitempty" xml:"MainTitle"`
	Emphasis    *CardTitle     `json:"emphasis_content,omitempty" xml:"EmphasisContent"`
	Quote       *CardQuote     `json:"quote_area,omitempty" xml:"QuoteArea"`
	SubTitle    string         `json:"sub_title_text,omitempty" xml:"SubTitleText"`
	Rows        []CardRow      `json:"horizontal_content_list,omitempty" xml:"HorizontalContentList"`
	Jumps       []CardJump     `json:"jump_list,omitempty" xml:"JumpList"`
	Action      *CardJump      `json:"card_action,omitempty" xml:"CardAction"`
	TaskID      string         `json:"task_id,omitempty" xml:"TaskId"`
	Selection   *CardQuestion  `json:"button_selection,omitempty" xml:"ButtonSelection"`
	Buttons     []CardButton   `json:"button_list,omitempty" xml:"ButtonList"`
	Image       *CardImage     `json:"card_image,omitempty" xml:"CardImage"`
	ImageText   *CardLink      `json:"image_text_area,omitempty" xml:"ImageTextArea"`
	Columns     []CardTitle    `json:"vertical_content_list,omitempty" xml:"VerticalContentList"`
	Checkbox    *CardCheckbox  `json:"checkbox,omitempty" xml:"CheckBox"`
	Selects     []CardQuestion `json:"select_list,omitempty" xml:"SelectList"`
	Submit      *CardButton    `json:"submit_button,omitempty" xml:"SubmitButton"`
	ReplaceText string         `json:"replace_text,omitempty" xml:"ReplaceText"`
}

// CardSource says which application speaks.
type CardSource struct {
	IconURL   string `json:"icon_url,omitempty" xml:"IconUrl"`
	Desc      string `json:"desc,omitempty" xml:"Desc"`
	DescColor int    `json:"desc_color,omitempty" xml:"DescColor"`
}

// CardMenu is the menu in the card's upper right corner.
type CardMenu struct {
	Desc string `json:"desc,omitempty" xml:"Desc"`
	List []struct {
		Text string `json:"text" xml:"Text"`
		Key  string `json:"key" xml:"Key"`
	} `json:"action_list" xml:"ActionList"`
}

// CardTitle is a title with a line of description.
type CardTitle struct {
	Title string `json:"title,omitempty" xml:"Title"`
	Desc  string `json:"desc,omitempty" xml:"Desc"`
}

// CardQuote is a quoted passage.
type CardQuote struct {
	Type     int    `json:"type,omitempty" xml:"Type"`
	URL      string `json:"url,omitempty" xml:"Url"`
	AppID    string `json:"appid,omitempty" xml:"AppId"`
	PagePath string `json:"pagepath,omitempty" xml:"PagePath"`
	Title    string `json:"title,omitempty" xml:"Title"`
	Text     string `json:"quote_text,omitempty" xml:"QuoteText"`
}

// CardRow is one line of name and value. Type 1 is a link.
type CardRow struct {
	Type    int    `json:"type,omitempty" xml:"Type"`
	Name    string `json:"keyname" xml:"KeyName"`
	Value   string `json:"value,omitempty" xml:"Value"`
	URL     string `json:"url,omitempty" xml:"Url"`
	MediaID string `json:"media_id,omitempty" xml:"MediaId"`
	UserID  string `json:"userid,omitempty" xml:"UserId"`
}

// CardJump leads to a page. Type 1 is an address.
type CardJump struct {
	Type     int    `json:"type,omitempty" xml:"Type"`
	Title    string `json:"title,omitempty" xml:"Title"`
	URL      string `json:"url,omitempty" xml:"Url"`
	AppID    string `json:"appid,omitempty" xml:"AppId"`
	PagePath string `json:"pagepath,omitempty" xml:"PagePath"`
}

// CardImage is the picture of a news_notice.
type CardImage struct {
	URL   string  `json:"url" xml:"Url"`
	Ratio float64 `json:"aspect_ratio,omitempty" xml:"AspectRatio"`
}

// CardLink is a picture with text beside it. Type 1 is an address.
type CardLink struct {
	Type     int    `json:"type,omitempty" xml:"Type"`
	URL      string `json:"url,omitempty" xml:"Url"`
	Title    string `json:"title,omitempty" xml:"Title"`
	Desc     string `json:"desc,omitempty" xml:"Desc"`
	ImageURL string `json:"image_url" xml:"ImageUrl"`
}

// CardCheckbox is the question of a vote. Mode 1 takes several answers.
type CardCheckbox struct {
	Key     string        `json:"question_key" xml:"QuestionKey"`
	Mode    int           `json:"mode,omitempty" xml:"Mode"`
	Disable bool          `json:"disable,omitempty" xml:"Disable"`
	Options []CardChecked `json:"option_list" xml:"OptionList"`
}

// CardChecked is one answer of a vote.
type CardChecked struct {
	ID      string `json:"id" xml:"Id"`
	Text    string `json:"text" xml:"Text"`
	Checked bool   `json:"is_checked,omitempty" xml:"IsChecked"`
}

// CardQuestion is the drop-down list above the buttons.
type CardQuestion struct {
	Key      string       `json:"question_key" xml:"QuestionKey"`
	Title    string       `json:"title,omitempty" xml:"Title"`
	Disable  bool         `json:"disable,omitempty" xml:"Disable"`
	Options  []CardOption `json:"option_list" xml:"OptionList"`
	Selected string       `json:"selected_id,omitempty" xml:"SelectedId"`
}

// CardOption is one line of the drop-down list.
type CardOption struct {
	ID   string `json:"id" xml:"Id"`
	Text string `json:"text" xml:"Text"`
}

// CardButton is a button. Type 0 calls back with its key, type 1 opens its address.
type CardButton struct {
	Type  int    `json:"type,omitempty" xml:"Type"`
	Text  string `json:"text" xml:"Text"`
	Style int    `json:"style,omitempty" xml:"Style"`
	Key   string `json:"key,omitempty" xml:"Key"`
	URL   string `json:"url,omitempty" xml:"Url"`
}
