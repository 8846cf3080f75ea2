"""What people are called and say, in every script that the fonts are chosen for. All invented."""

from __future__ import annotations

SAYINGS = {
    "Welsh": "Dr Siân Ŵyn-Llŷr, Tŷ Gwyn",
    "Polish": "Łukasz Żółć-Ćwikła",
    "Romanian": "Ștefan Țurcanu, în București",
    "Turkish": "Ümit Işık Doğan",
    "Greek": "Θεοδώρα Ἀλεξίου",
    "Cyrillic": "Ђорђе Щукин, Їжак",
    "Arabic": "كتبت اللجنة: «نوافق على الخدمة الجديدة» (بعد ٣ أشهر، في 2027) مع السكان.",
    "Urdu": "محترمہ ڈاکٹر عائشہ ٹھاکر نے کہا کہ یہ خدمت بڑے شہروں میں سب کے لیے ہے۔",
    "Hebrew": 'ד״ר שָׁלוֹם כהן אמר: "השירות (החדש) פתוח לכולם" מ-1 במאי 2027.',
    "Bengali": "ডাঃ রহিমা বেগম বললেন, এই পরিষেবা স্ত্রী ও শ্রমিকদের জন্য।",
    "Punjabi": "ਡਾ. ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ ਨੇ ਕਿਹਾ ਕਿ ਇਹ ਸੇਵਾ ਸਾਰਿਆਂ ਲਈ ਹੈ।",
    "Chinese": "王小明医生说：“这项服务对所有人开放，特别是老年人。”我们将在2027年审查。",
    "Hindi": "डॉ. कृष्णा शर्मा ने कहा कि क्षत्रिय श्री स्त्री",
    "Gujarati": "ડૉ. કૃષ્ણ પટેલે કહ્યું કે શ્રી ક્ષમા",
    "Tamil": "மருத்துவர் கௌரி இந்த சேவை ஸ்ரீ",
    "Thai": "นายแพทย์สมชายกล่าวว่าบริการนี้เปิดให้ทุกคน",
    "mixed": "We heard محمد بن عبد الله and שרה כהן (in Leeds), 王小明, রহিমা বেগম; عائشہ (42).",
}
