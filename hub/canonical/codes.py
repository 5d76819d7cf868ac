"""Standard code lists, as far as imports need them."""

_CURRENCIES = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY
    COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR
    ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK
    MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF
    SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU
    UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES = frozenset(_CURRENCIES.split())
"""ISO 4217, money in use."""

TAX_CATEGORIES = {
    "S": "standard rate",
    "Z": "zero rated",
    "E": "exempt",
    "AE": "reverse charge",
    "K": "intra-community supply",
    "G": "export",
    "O": "outside the scope of tax",
    "L": "Canary Islands",
    "M": "Ceuta and Melilla",
}
"""UNCL5305, as EN 16931 uses it."""

UNITS = {
    "H87": "piece pc pcs ea each szt sztuka stk stück stueck st ks kus",
    "C62": "one",
    "SET": "set kpl komplet zestaw satz sada",
    "PR": "pair para paar pár",
    "XPK": "package pack opak opakowanie op packung pkg balení",
    "XCT": "carton karton kart krabice",
    "XPX": "pallet pal paleta palette",
    "XRO": "roll rolka rolle role",
    "XBG": "bag worek beutel sack pytel",
    "XBO": "bottle butelka flasche láhev",
    "KGM": "kg kilogram kilogramm",
    "GRM": "g gram gramm",
    "TNE": "t tona tonne tuna",
    "MTR": "m metr meter mb",
    "CMT": "cm",
    "MMT": "mm",
    "MTK": "m2 m² qm",
    "MTQ": "m3 m³ cbm",
    "LTR": "l litr liter",
    "MLT": "ml",
    "HUR": "h godz godzina stunde std hod hour",
    "DAY": "day dzień tag den",
    "KWH": "kwh",
}
"""UN/ECE Recommendation 20 (and 21, with X): code -> words that companies write instead."""

UNIT_OF_WORD = {word: code for code, words in UNITS.items() for word in [code.lower(), *words.split()]}
