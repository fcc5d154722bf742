"""The commonest names of emoji, as Slack and Mattermost have them, as characters. Others keep their name between colons."""

TONES = {f"skin-tone-{n}": chr(0x1F3F9 + n) for n in range(2, 7)}
"""Fitzpatrick modifiers: skin-tone-2 is U+1F3FB."""

_TABLE = """
+1 👍 thumbsup 👍 -1 👎 thumbsdown 👎 ok_hand 👌 clap 👏 raised_hands 🙌 pray 🙏 wave 👋 muscle 💪 point_up ☝️
point_right 👉 point_left 👈 point_down 👇 point_up_2 👆 raised_hand ✋ hand ✋ fist ✊ v ✌️ facepunch 👊
punch 👊 handshake 🤝 writing_hand ✍️ smile 😄 smiley 😃 grinning 😀 grin 😁 laughing 😆 satisfied 😆 joy 😂
rolling_on_the_floor_laughing 🤣 sweat_smile 😅 wink 😉 blush 😊 slightly_smiling_face 🙂 simple_smile 🙂
upside_down_face 🙃 relaxed ☺️ yum 😋 heart_eyes 😍 kissing_heart 😘 sunglasses 😎 thinking_face 🤔
thinking 🤔 neutral_face 😐 expressionless 😑 no_mouth 😶 face_with_rolling_eyes 🙄 smirk 😏 persevere 😣
unamused 😒 disappointed 😞 worried 😟 cry 😢 sob 😭 scream 😱 angry 😠 rage 😡 confused 😕
slightly_frowning_face 🙁 frowning 😦 hushed 😯 open_mouth 😮 astonished 😲 flushed 😳 sleeping 😴 zzz 💤
mask 😷 nerd_face 🤓 hugging_face 🤗 star-struck 🤩 partying_face 🥳 exploding_head 🤯 stuck_out_tongue 😛
stuck_out_tongue_winking_eye 😜 money_mouth_face 🤑 robot_face 🤖 ghost 👻 alien 👽 poop 💩 hankey 💩
heart ❤️ broken_heart 💔 blue_heart 💙 green_heart 💚 yellow_heart 💛 purple_heart 💜 sparkling_heart 💖
two_hearts 💕 100 💯 fire 🔥 tada 🎉 confetti_ball 🎊 balloon 🎈 gift 🎁 birthday 🎂 trophy 🏆 medal 🏅
first_place_medal 🥇 star ⭐ star2 🌟 sparkles ✨ boom 💥 zap ⚡ rocket 🚀 eyes 👀 eye 👁️ ear 👂 brain 🧠
speech_balloon 💬 bulb 💡 mag 🔍 lock 🔒 key 🔑 bell 🔔 mega 📣 loudspeaker 📢 email 📧 phone ☎️ calendar 📅
date 📅 memo 📝 pencil 📝 pencil2 ✏️ paperclip 📎 pushpin 📌 link 🔗 bar_chart 📊
chart_with_upwards_trend 📈 chart_with_downwards_trend 📉 file_folder 📁 package 📦 truck 🚚 factory 🏭
hammer 🔨 wrench 🔧 gear ⚙️ hourglass ⌛ alarm_clock ⏰ white_check_mark ✅ heavy_check_mark ✔️
ballot_box_with_check ☑️ x ❌ no_entry ⛔ no_entry_sign 🚫 warning ⚠️ rotating_light 🚨 question ❓
exclamation ❗ heavy_exclamation_mark ❗ bangbang ‼️ heavy_plus_sign ➕ heavy_minus_sign ➖
arrow_right ➡️ arrow_left ⬅️ arrow_up ⬆️ arrow_down ⬇️ red_circle 🔴 large_blue_circle 🔵
white_circle ⚪ black_circle ⚫ sunny ☀️ cloud ☁️ snowflake ❄️ rainbow 🌈 coffee ☕ tea 🍵 beer 🍺 beers 🍻
pizza 🍕 cake 🍰 doughnut 🍩 taco 🌮 dog 🐶 cat 🐱 panda_face 🐼 see_no_evil 🙈 hear_no_evil 🙉
speak_no_evil 🙊 bug 🐛 turtle 🐢 unicorn_face 🦄 seedling 🌱 four_leaf_clover 🍀 earth_asia 🌏 airplane ✈️
car 🚗 house 🏠 computer 💻 man-shrugging 🤷‍♂️ woman-shrugging 🤷‍♀️ shrug 🤷 man-facepalming 🤦‍♂️
woman-facepalming 🤦‍♀️ facepalm 🤦 dancer 💃 walking 🚶 runner 🏃 cn 🇨🇳 us 🇺🇸 gb 🇬🇧 de 🇩🇪 fr 🇫🇷 jp 🇯🇵
dragon 🐉 red_envelope 🧧 firecracker 🧨 dumpling 🥟 ramen 🍜 rice 🍚
""".split()  # noqa: SIM905 - a table of pairs is read more easily than a dictionary of two hundred lines
EMOJI = dict(zip(_TABLE[::2], _TABLE[1::2], strict=True))
NAMES = dict(zip(reversed(_TABLE[1::2]), reversed(_TABLE[::2]), strict=True))


def emoji(name: str) -> str:
    """The character of an emoji's name as Slack and Mattermost write it (`clap::skin-tone-3`), else the name between colons.

    What is no name but an emoji already stays as it is.
    """
    base, _, tone = name.strip(":").partition("::")
    known = EMOJI.get(base)
    if known is None:
        return f":{name.strip(':')}:" if name.isascii() else name
    return known + TONES.get(tone, "")


def name_of(sign: str) -> str:
    """The name of an emoji; what has none here is its own name, which `emoji` gives back."""
    for tone, modifier in TONES.items():
        if sign.endswith(modifier) and (base := NAMES.get(sign.removesuffix(modifier))):
            return f"{base}::{tone}"
    return NAMES.get(sign, sign.strip(":") if sign.isascii() else sign)
